import { parentPort, workerData } from 'node:worker_threads';
import { must } from '../../shared/assert.ts';
import { messageOf } from '../../shared/message-of.ts';
import { BackendError } from '../backend-error.ts';
import { systemClock } from '../system-clock.ts';
import { CronRunner } from '../scheduler/cron-runner.ts';
import { Scheduler } from '../scheduler/scheduler.ts';
import { Database } from '../storage/database.ts';
import { Activity, BEAT_MS } from './activity.ts';
import type { DueJob } from './execution.ts';
import { Executor } from './executor.ts';
import type { CallWatch } from './executor.ts';
import { toFunctionFailure } from './function-failure.ts';
import { portsOf } from './http-body.ts';
import { RunningCode } from './running-code.ts';
import type {
  BackgroundTask,
  ErrorData,
  FromWorker,
  ToWorker,
  WorkerResult,
  WorkerSetup,
} from './worker-protocol.ts';

// The function thread: user code, SQLite and the scheduler, so that each of their calls is an ordinary function call.

const port = must(parentPort, 'this module is the main module of a worker');
// Written by WorkerHost.
const setup = workerData as WorkerSetup;

const send = (message: FromWorker): void => port.postMessage(message);
const log = (line: string): void => send({ type: 'log', line });

let code: RunningCode | null = null;
// What a function left running, or a timer that it set, must not take the thread down.
const logStray = (error: unknown): void =>
  log(
    `[ERROR] In what a function left running: ${toFunctionFailure(error, code?.bundle ?? null).message}`,
  );
process.on('unhandledRejection', logStray);
process.on('uncaughtException', logStray);

try {
  await start();
} catch (error) {
  send({ type: 'startFailure', error: toErrorData(error) });
  process.exit(1);
}

async function start(): Promise<void> {
  const clock = systemClock;
  const activity = new Activity(setup.activity);
  const database = Database.open({
    file: setup.databaseFile,
    durability: setup.durability,
    now: () => clock.now(),
    isFirst: setup.isFirst,
  });
  const onScheduled = (jobs: readonly DueJob[]): void => scheduler.add(jobs);
  const onStale = (setId: number): void => send({ type: 'stale', setId });
  const executor = new Executor({ ...setup, database, clock, activity, log, onScheduled, onStale });
  let lastTask = 0;
  const begin = (task: BackgroundTask): number => {
    lastTask -= 1;
    send({ type: 'taskStart', id: lastTask, task });
    return lastTask;
  };
  const { transactions } = executor;
  const runJob = (id: string): Promise<void> => executor.runJob(id, begin({ kind: 'job', id }));
  const scheduler = new Scheduler({ transactions, clock, log, runJob, isTidy: true });
  const runCron = (id: string): Promise<void> => executor.runCron(id, begin({ kind: 'cron', id }));
  const crons = new CronRunner({ transactions, clock, log, runCron });
  await scheduler.recover(lostOf('job'));
  await crons.recover(lostOf('cron'));
  code = new RunningCode({ executor, scheduler, crons, env: setup.env });
  const parts = { database, executor, scheduler, crons, code };
  port.on('message', (message: ToWorker) => {
    answer(message, parts).catch((error: unknown) => {
      send({ type: 'refusal', id: message.id, error: toErrorData(error) });
    });
  });
  activity.beat();
  setInterval(() => activity.beat(), BEAT_MS);
  send({ type: 'ready' });
}

function lostOf(kind: BackgroundTask['kind']): Map<string, string> {
  const lost = setup.lostTasks.filter((task) => task.kind === kind);
  return new Map(lost.map(({ id, error }) => [id, error]));
}

interface Parts {
  database: Database;
  executor: Executor;
  scheduler: Scheduler;
  crons: CronRunner;
  code: RunningCode;
}

async function answer(
  { id, request }: ToWorker,
  { database, executor, scheduler, crons, code }: Parts,
): Promise<void> {
  const reply = (result: WorkerResult): void => send({ type: 'reply', id, result });
  const watch: CallWatch<WorkerResult> = {
    id,
    reply,
    onActionStart: () => send({ type: 'actionStart', id }),
  };
  switch (request.type) {
    case 'push':
      return reply(await code.push(request.bundle));
    case 'setEnv':
      return reply(await code.setEnv(request.env));
    case 'changeVariables':
      return reply(await code.changeVariables(request.changes));
    case 'run':
      return executor.run(request.call, watch);
    case 'batch':
      return executor.runBatch(request, watch);
    case 'timestamp':
      return reply(database.timestamp);
    case 'http':
      return executor.runHttpAction(request.request, {
        ...watch,
        reply: (result) =>
          port.postMessage({ type: 'reply', id, result }, portsOf(result?.body ?? null)),
      });
    case 'advance':
      return reply(await executor.queries.advance(request.setId, request.change));
    case 'closeSet':
      executor.queries.closeSet(request.setId);
      return reply(null);
    case 'close':
      scheduler.stop();
      crons.stop();
      database.close();
      reply(null);
  }
}

function toErrorData(error: unknown): ErrorData {
  if (error instanceof BackendError) {
    return { status: error.status, code: error.code, message: error.message };
  }
  const message = messageOf(error);
  log(`[ERROR] ${error instanceof Error ? error.stack : message}`);
  return { status: 500, code: 'InternalServerError', message };
}
