import { setImmediate } from 'node:timers/promises';
import { expect, onTestFinished, test, vi } from 'vitest';
import { ManualClock } from '../manual-clock.fixture.ts';
import { REQUEST, openBackgroundWork, temporaryDatabase } from './background-work.fixture.ts';
import type { Works } from './background-work.fixture.ts';
import { createJob, jobsInState, setJobState } from './job.ts';
import type { JobState } from './job.ts';
import { runJob } from './run-job.ts';
import { Scheduler } from './scheduler.ts';

const SECOND = 1_000;
const HOUR = 60 * 60 * SECOND;
const WEEK = 7 * 24 * HOUR;
const PATIENCE = 10_000;
const START = Date.parse('2024-02-27T10:20:30Z');

/** Jobs over a real database, with functions that are closures, and time that stands still. */
function openScheduler(works: Works) {
  const clock = new ManualClock(START);
  const work = openBackgroundWork(temporaryDatabase(), clock, works);
  const { database, transactions } = work;
  const logs: string[] = [];
  const port = { isBroken: false };
  const scheduler = new Scheduler({
    transactions,
    clock,
    log: (line) => void logs.push(line),
    isTidy: true,
    async runJob(id) {
      if (port.isBroken) throw new TypeError('disk on fire');
      await runJob({ ...REQUEST, jobId: id }, { ...work, clock, onFailure() {} });
    },
  });
  onTestFinished(() => {
    scheduler.stop();
    database.close();
  });
  const add = (path: string, count: number, scheduledTime: number): Promise<string[]> =>
    transactions.write(({ transaction }) => {
      const job = { path, args: {}, scheduledTime, state: { kind: 'pending' } } as const;
      return Array.from({ length: count }, () => createJob({ transaction, now: clock.now() }, job));
    });
  const idsIn = (kind: JobState['kind']): Promise<string[]> =>
    transactions.read(({ transaction }) =>
      Array.from(jobsInState(transaction, kind), ({ id }) => id),
    );
  /** The jobs end now, without being run. */
  const finish = (ids: readonly string[], state: JobState): Promise<void> =>
    transactions.write(({ transaction }) => {
      for (const id of ids) setJobState({ transaction, now: clock.now() }, id, state);
    });
  /** Resolves when what waited to be written before is written, and its timers wait. */
  const written = async (): Promise<void> => {
    await transactions.write(() => {});
    await setImmediate();
  };
  return { clock, scheduler, logs, port, add, idsIn, finish, written };
}

test('of twelve jobs that are due eight run at once, the others follow', async () => {
  const ends: (() => void)[] = [];
  let running = 0;
  let most = 0;
  const { clock, scheduler, add, idsIn } = openScheduler({
    async waitAction() {
      running += 1;
      most = Math.max(most, running);
      await new Promise<void>((resolve) => ends.push(resolve));
      running -= 1;
    },
  });
  await add('waitAction', 12, START + SECOND);
  await scheduler.recover(new Map());
  scheduler.start();
  clock.moveTo(START + SECOND);
  await vi.waitFor(() => expect(ends).toHaveLength(8), PATIENCE);
  expect(await idsIn('inProgress')).toHaveLength(8);
  expect(await idsIn('pending')).toHaveLength(4);
  ends[0]?.();
  await vi.waitFor(() => expect(ends).toHaveLength(9), PATIENCE);
  expect(await idsIn('success')).toHaveLength(1);
  expect(await idsIn('pending')).toHaveLength(3);
  for (const end of ends) end();
  await vi.waitFor(() => expect(ends).toHaveLength(12), PATIENCE);
  for (const end of ends) end();
  await vi.waitFor(async () => expect(await idsIn('success')).toHaveLength(12), PATIENCE);
  expect(most).toBe(8);
});

test('a job that cannot be run stays pending, is tried again after longer and longer, and runs once', async () => {
  let runs = 0;
  const { clock, scheduler, logs, port, add, idsIn } = openScheduler({
    count: () => void (runs += 1),
  });
  const ids = await add('count', 1, START + SECOND);
  await scheduler.recover(new Map());
  scheduler.start();
  port.isBroken = true;
  clock.moveTo(START + SECOND);
  await scheduler.settle();
  const doubled = Array.from({ length: 14 }, (_, index) => 500 * 2 ** index);
  const waits = [...doubled, 2 * HOUR, 2 * HOUR];
  for (const [index, wait] of waits.entries()) {
    expect(logs.splice(0)).toEqual([
      `Scheduled job ${ids[0]} could not run, next try in ${wait} ms: TypeError: disk on fire`,
    ]);
    expect(await idsIn('pending')).toEqual(ids);
    port.isBroken = index < waits.length - 1;
    clock.moveTo(clock.now() + wait - 1);
    await scheduler.settle();
    expect([logs, runs]).toEqual([[], 0]);
    clock.moveTo(clock.now() + 1);
    await scheduler.settle();
  }
  expect(await idsIn('success')).toEqual(ids);
  clock.moveTo(clock.now() + 2 * HOUR);
  await scheduler.settle();
  expect([logs, runs]).toEqual([[], 1]);
});

test('as time passes jobs that are over for a week go, those that are not stay', async () => {
  const { clock, scheduler, add, idsIn, finish, written } = openScheduler({});
  await finish(await add('a', 1, START), { kind: 'success' });
  await finish(await add('a', 1, START), { kind: 'failed', error: 'no' });
  await finish(await add('a', 1, START + 2 * WEEK), { kind: 'canceled' });
  const waiting = await add('a', 1, START + 2 * WEEK);
  await scheduler.recover(new Map());
  scheduler.start();
  const over = async (): Promise<number> => {
    await written();
    const kinds = ['success', 'failed', 'canceled'] as const;
    return (await Promise.all(kinds.map(idsIn))).flat().length;
  };
  expect(await over()).toBe(3);
  clock.moveTo(START + WEEK);
  expect(await over()).toBe(3);
  // It looks once in an hour.
  clock.moveTo(START + WEEK + HOUR - 1);
  expect(await over()).toBe(3);
  clock.moveTo(START + WEEK + HOUR);
  expect(await over()).toBe(0);
  expect(await idsIn('pending')).toEqual(waiting);
});

test('more old jobs than are removed at once go without waiting', async () => {
  const { clock, scheduler, add, idsIn, finish } = openScheduler({});
  await finish(await add('a', 1_001, START), { kind: 'success' });
  clock.moveTo(START + WEEK + 1);
  await scheduler.recover(new Map());
  scheduler.start();
  await vi.waitFor(async () => expect(await idsIn('success')).toEqual([]), PATIENCE);
});
