import { parentPort, workerData } from 'node:worker_threads';
import { must } from '../../shared/assert.ts';
import { BackendError } from '../backend-error.ts';
import { Scheduler } from '../scheduler/scheduler.ts';
import { Database } from '../storage/database.ts';
import { Activity } from './activity.ts';
import type { DueJob } from './execution.ts';
import { Executor } from './executor.ts';
import type { CallWatch } from './executor.ts';
import type {
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
const BEAT_MS = 50;

const send = (message: FromWorker): void => port.postMessage(message);
const log = (line: string): void => send({ type: 'log', line });

// What a function left running, or a timer that it set, must not take the thread down.
process.on('unhandledRejection', (error) => log(`Unhandled rejection in a function: ${error}`));
process.on('uncaughtException', (error) => log(`Uncaught exception in a function: ${error}`));

try {
  await start();
} catch (error) {
  send({ type: 'startFailure', error: toErrorData(error) });
  process.exit(1);
}

async function start(): Promise<void> {
  const activity = new Activity(setup.activity);
  const database = Database.open({
    file: setup.databaseFile,
    durability: setup.isTemporary ? 'relaxed' : 'full',
  });
  const onScheduled = (jobs: readonly DueJob[]): void => scheduler.add(jobs);
  const onStale = (setId: number): void => send({ type: 'stale', setId });
  const executor = new Executor({ ...setup, database, activity, log, onScheduled, onStale });
  let lastJob = 0;
  const scheduler = new Scheduler({
    transactions: executor.transactions,
    log,
    runJob(jobId) {
      lastJob -= 1;
      send({ type: 'jobStart', id: lastJob, jobId });
      return executor.runJob(jobId, lastJob);
    },
  });
  await scheduler.recover(setup.lostJobs);
  const parts = { database, executor, scheduler };
  port.on('message', (message: ToWorker) => {
    answer(message, parts).catch((error: unknown) => {
      send({ type: 'refusal', id: message.id, error: toErrorData(error) });
    });
  });
  activity.beat();
  setInterval(() => activity.beat(), BEAT_MS);
  send({ type: 'ready' });
}

interface Parts {
  database: Database;
  executor: Executor;
  scheduler: Scheduler;
}

async function answer(
  { id, request }: ToWorker,
  { database, executor, scheduler }: Parts,
): Promise<void> {
  const reply = (result: WorkerResult): void => send({ type: 'reply', id, result });
  const watch: CallWatch<WorkerResult> = {
    id,
    reply,
    onActionStart: () => send({ type: 'actionStart', id }),
  };
  switch (request.type) {
    case 'push':
      reply(await executor.push(request.bundle));
      scheduler.start();
      return;
    case 'run':
      return executor.run(request.call, watch);
    case 'batch':
      return executor.runBatch(request.calls, watch);
    case 'http':
      return executor.runHttpAction(request.request, watch);
    case 'advance':
      return reply(await executor.queries.advance(request.setId, request.change));
    case 'closeSet':
      executor.queries.closeSet(request.setId);
      return reply(null);
    case 'close':
      scheduler.stop();
      database.close();
      reply(null);
  }
}

function toErrorData(error: unknown): ErrorData {
  if (error instanceof BackendError) {
    return { status: error.status, code: error.code, message: error.message };
  }
  const message = error instanceof Error ? error.message : String(error);
  log(`[ERROR] ${error instanceof Error ? error.stack : message}`);
  return { status: 500, code: 'InternalServerError', message };
}
