import { expect, onTestFinished, test, vi } from 'vitest';
import { ManualClock } from '../manual-clock.fixture.ts';
import { readCrons } from '../storage/cron-rows.ts';
import { openBackgroundWork, temporaryDatabase } from './background-work.fixture.ts';
import type { Work, Works } from './background-work.fixture.ts';
import { CronRunner } from './cron-runner.ts';
import type { CronSchedule } from './cron-schedule.ts';
import type { CronSpec } from './cron-spec.ts';
import { runCron } from './run-cron.ts';

const MINUTE = 60_000;
const PATIENCE = 10_000;
const START = Date.parse('2024-02-27T10:20:30Z');

function spec(path: string, schedule: CronSchedule, args = {}): CronSpec {
  return { name: `the ${path}`, path, args, schedule };
}

const every = (minutes: number): CronSchedule => ({ type: 'interval', minutes });

/** Crons over a real database, with functions that are closures, and time that stands still. */
function openCrons(file: string, clock: ManualClock, works: Works) {
  const { database, transactions, runner, prepare } = openBackgroundWork(file, clock, works);
  const logs: string[] = [];
  const log = (line: string): void => void logs.push(line);
  const crons = new CronRunner({
    transactions,
    clock,
    log,
    runCron: (name) =>
      runCron({
        name,
        transactions,
        clock,
        runner,
        prepare,
        onFailure: (path, { message }) => log(`${path}: ${message}`),
        onSkip: (next) => log(`${name}: next ${new Date(next).toISOString()}`),
      }),
  });
  const close = (): void => {
    crons.stop();
    database.close();
  };
  onTestFinished(close);
  /** Resolves when no cron runs and their next times, by name, are those, in minutes after the start. */
  const reached = async (...minutes: number[]): Promise<void> => {
    await vi.waitFor(async () => {
      const rows = await transactions.write((state) => readCrons(state.transaction.connection));
      expect(rows.some(({ isRunning }) => isRunning)).toBe(false);
      expect(rows.map(({ nextTime }) => (nextTime - START) / MINUTE)).toEqual(minutes);
    }, PATIENCE);
  };
  return { crons, logs, reached, close };
}

/** Long enough for something that should not happen to happen, mostly. */
const settle = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 30));

test('an interval runs at once, then at each beat, with its arguments', async () => {
  const clock = new ManualClock(START);
  const runs: unknown[] = [];
  const { crons, reached } = openCrons(temporaryDatabase(), clock, {
    tick: (args) => runs.push(args),
  });
  await crons.deploy([spec('tick', every(10), { a: 1 })]);
  await reached(10);
  expect(runs).toEqual([{ a: 1 }]);
  clock.moveTo(START + 10 * MINUTE - 1);
  await settle();
  expect(runs).toHaveLength(1);
  clock.moveTo(START + 10 * MINUTE);
  await reached(20);
  expect(runs).toHaveLength(2);
});

test('what was missed is run once, late, and then skipped; the beat stays', async () => {
  const file = temporaryDatabase();
  const clock = new ManualClock(START);
  const runs: number[] = [];
  const tick: Work = () => runs.push((clock.now() - START) / MINUTE);
  const first = openCrons(file, clock, { tick });
  await first.crons.deploy([spec('tick', every(10))]);
  await first.reached(10);
  first.close();

  clock.moveTo(START + 45 * MINUTE);
  const second = openCrons(file, clock, { tick });
  await second.crons.recover(new Map());
  await second.crons.deploy([spec('tick', every(10))]);
  await second.reached(50);
  expect(runs).toEqual([0, 45]);
  expect(second.logs).toEqual(['the tick: next 2024-02-27T11:10:30.000Z']);
  clock.moveTo(START + 50 * MINUTE);
  await second.reached(60);
  expect(runs).toEqual([0, 45, 50]);
});

test('one at a time: while it runs, its next times pass', async () => {
  const clock = new ManualClock(START);
  let begun = 0;
  let finish: (value?: unknown) => void = () => {};
  const { crons, reached } = openCrons(temporaryDatabase(), clock, {
    longAction: () => {
      begun += 1;
      return new Promise((resolve) => (finish = resolve));
    },
  });
  await crons.deploy([spec('longAction', every(1))]);
  await vi.waitFor(() => expect(begun).toBe(1), PATIENCE);
  clock.moveTo(START + 5 * MINUTE);
  // The same code again, as a save that changes nothing brings it.
  await crons.deploy([spec('longAction', every(1))]);
  clock.moveTo(START + 6 * MINUTE);
  await settle();
  expect(begun).toBe(1);
  finish();
  await reached(7);
  expect(begun).toBe(1);
  clock.moveTo(START + 7 * MINUTE);
  await vi.waitFor(() => expect(begun).toBe(2), PATIENCE);
});

test('a failure is told, and the next run comes', async () => {
  const clock = new ManualClock(START);
  const { crons, logs, reached } = openCrons(temporaryDatabase(), clock, {
    fail: () => Promise.reject(new Error('no luck')),
    failAction: () => Promise.reject(new Error('no luck either')),
  });
  await crons.deploy([spec('fail', every(1)), spec('failAction', every(1))]);
  await reached(1, 1);
  expect(logs.toSorted()[0]).toContain('fail: Uncaught Error: no luck');
  expect(logs.toSorted()[1]).toContain('failAction: Uncaught Error: no luck either');
  clock.moveTo(START + MINUTE);
  await reached(2, 2);
  expect(logs).toHaveLength(4);
});

test('crons follow the code: removed ones stop, a new schedule begins anew, another function does not', async () => {
  const clock = new ManualClock(START);
  const runs: string[] = [];
  const { crons, reached } = openCrons(temporaryDatabase(), clock, {
    a: () => runs.push('a'),
    b: (args) => runs.push(`b${JSON.stringify(args)}`),
    c: () => runs.push('c'),
  });
  const named = (name: string, cron: CronSpec): CronSpec => ({ ...cron, name });
  await crons.deploy([
    named('1', spec('a', every(10))),
    named('2', spec('b', every(10))),
    named('3', spec('c', every(10))),
  ]);
  await reached(10, 10, 10);
  expect(runs.splice(0).sort()).toEqual(['a', 'b{}', 'c']);
  clock.moveTo(START + 5 * MINUTE);
  await crons.deploy([named('2', spec('b', every(10), { x: 1 })), named('3', spec('c', every(3)))]);
  await reached(10, 8);
  expect(runs.splice(0)).toEqual(['c']);
  clock.moveTo(START + 10 * MINUTE);
  await reached(20, 11);
  expect(runs.sort()).toEqual(['b{"x":1}', 'c']);
});

test('an action that a crash interrupted has failed, a mutation runs again; what brought the thread down does not', async () => {
  const file = temporaryDatabase();
  const clock = new ManualClock(START);
  const specs = ['culprit', 'stuck', 'stuckAction'].map((path) => spec(path, every(10)));
  let begun = 0;
  const never: Work = () => {
    begun += 1;
    return new Promise(() => {});
  };
  const first = openCrons(file, clock, { stuckAction: never, stuck: never, culprit: never });
  // The action alone first: a mutation that never ends holds the one writer.
  await first.crons.deploy(specs.slice(2));
  await vi.waitFor(() => expect(begun).toBe(1), PATIENCE);
  await first.crons.deploy(specs);
  await vi.waitFor(() => expect(begun).toBe(2), PATIENCE);
  first.close();

  const runs: string[] = [];
  const second = openCrons(file, clock, {
    stuckAction: () => runs.push('action'),
    stuck: () => runs.push('mutation'),
    culprit: () => runs.push('culprit'),
  });
  await second.crons.recover(new Map([['the culprit', 'took too long']]));
  expect(second.logs).toEqual([
    '[CONVEX culprit] (cron "the culprit") took too long',
    '[CONVEX stuckAction] (cron "the stuckAction") Transient error while executing action',
  ]);
  await second.crons.deploy(specs);
  await second.reached(10, 10, 10);
  expect(runs.splice(0)).toEqual(['mutation']);
  clock.moveTo(START + 10 * MINUTE);
  await second.reached(20, 20, 20);
  expect(runs.sort()).toEqual(['action', 'culprit', 'mutation']);
});
