import type { JSONValue } from 'convex/values';
import type { ModuleNamespace } from '../../project/module-realm.ts';
import type { Clock } from '../../shared/clock.ts';
import { CronRunner } from '../scheduler/cron-runner.ts';
import { jobsInState } from '../scheduler/job.ts';
import type { Job } from '../scheduler/job.ts';
import { Scheduler } from '../scheduler/scheduler.ts';
import { Database } from '../storage/database.ts';
import type { TransactionLimits } from '../transaction/transaction-usage.ts';
import { Activity } from './activity.ts';
import { Executor } from './executor.ts';
import type { CallWatch, DirectCall } from './executor.ts';
import type {
  FunctionCall,
  FunctionCaller,
  FunctionResult,
  HttpActionRequest,
  HttpActionResponse,
  LiveQueryEvents,
  LiveQuerySet,
  PushResult,
} from './function-host.ts';
import type { SentResponse } from './http-action.ts';
import { receiveBody, sendBody } from './http-body.ts';
import { deployInProcess, enterWorlds } from './in-process-world.ts';
import { LiveQuerySets } from './live-query-sets.ts';

export interface InProcessHostOptions {
  /** Path of the SQLite file, or `:memory:`. */
  databaseFile: string;
  clock: Clock;
  /** 32 bytes for the randomness of the next function. Default: random ones. */
  nextSeed?: (() => Uint8Array) | undefined;
  /** Whether functions see the clock's time and seeded randomness; else those of the process. */
  isDeterministic: boolean;
  /** Of each transaction. Default: Convex's. */
  limits?: TransactionLimits | undefined;
  /** Whether crons run. */
  hasCrons: boolean;
  log: (line: string) => void;
}

/** Runs functions on the thread of their host, among its code. Nothing stops one that never lets go of the thread. */
export class InProcessHost implements FunctionCaller, AsyncDisposable {
  readonly #options: InProcessHostOptions;
  readonly #database: Database;
  readonly #activity = new Activity();
  readonly #executor: Executor;
  readonly #scheduler: Scheduler;
  readonly #crons: CronRunner;
  readonly #liveQueries: LiveQuerySets;

  constructor(options: InProcessHostOptions) {
    const { databaseFile, clock, nextSeed, limits, log } = options;
    this.#options = options;
    this.#database = Database.open({
      file: databaseFile,
      durability: 'relaxed',
      now: () => clock.now(),
      limits,
    });
    this.#executor = new Executor({
      database: this.#database,
      clock,
      nextSeed,
      activity: this.#activity,
      transactionTimeoutMs: 5_000,
      actionTimeoutMs: 600_000,
      loadTimeoutMs: 30_000,
      log,
      onScheduled: (jobs) => this.#scheduler.add(jobs),
      onStale: (setId) => this.#liveQueries.onStale(setId),
      lostQueries: new Map(),
    });
    const executor = this.#executor;
    const { transactions } = executor;
    this.#scheduler = new Scheduler({
      transactions,
      clock,
      log,
      runJob: (id) => this.#entered(() => executor.runJob(id, 0)),
      isTidy: false,
    });
    this.#crons = new CronRunner({
      transactions,
      clock,
      log,
      runCron: (name) => this.#entered(() => executor.runCron(name, 0)),
    });
    this.#liveQueries = new LiveQuerySets({
      advance: (setId, change) => this.#entered(() => executor.queries.advance(setId, change)),
      closeSet: async (setId) => {
        executor.queries.closeSet(setId);
        return null;
      },
    });
  }

  /** Takes the functions of modules that are loaded, by their names without extension. Once. */
  async deploy(namespaces: ReadonlyMap<string, ModuleNamespace>): Promise<PushResult> {
    const { clock, isDeterministic, hasCrons } = this.#options;
    const activity = this.#activity;
    const result = await this.#executor.deploy(async (calls) =>
      deployInProcess(namespaces, { calls, activity, clock, isDeterministic }),
    );
    await this.#scheduler.recover(new Map());
    await this.#crons.recover(new Map());
    if (hasCrons) await this.#crons.deploy(this.#executor.crons);
    this.#scheduler.start();
    return result;
  }

  /** Answers the value; throws a `FunctionFailure` whose cause is what the function threw. Internal ones can be called. */
  call(call: DirectCall): Promise<JSONValue> {
    return this.#entered(() => this.#executor.call(call));
  }

  run(call: FunctionCall): Promise<FunctionResult> {
    return this.#watched((watch) => this.#executor.run(call, watch));
  }

  runBatch(calls: readonly FunctionCall[], timestamp?: bigint): Promise<FunctionResult[]> {
    const batch = { calls, ...(timestamp === undefined ? {} : { timestamp }) };
    return this.#watched((watch) => this.#executor.runBatch(batch, watch));
  }

  async runHttpAction(request: HttpActionRequest): Promise<HttpActionResponse | null> {
    const { body, sent } = sendBody(request.body);
    sent.catch(() => {});
    const response = await this.#watched<SentResponse | null>((watch) =>
      this.#executor.runHttpAction({ ...request, body }, watch),
    );
    return response === null ? null : { ...response, body: receiveBody(response.body) };
  }

  openLiveQueries(events: LiveQueryEvents): LiveQuerySet {
    return this.#liveQueries.open(events);
  }

  async latestTimestamp(): Promise<bigint> {
    return this.#database.timestamp;
  }

  /** Starts the jobs that are due by now. */
  runDueJobs(): void {
    this.#scheduler.runDue();
  }

  /** Resolves when no job and no cron runs. */
  async settle(): Promise<void> {
    await this.#crons.settle();
    await this.#scheduler.settle();
  }

  /** The jobs that wait for their time, the next one first. */
  pendingJobs(): Promise<(Job & { id: string })[]> {
    return this.#executor.transactions.read(({ transaction }) =>
      [...jobsInState(transaction, 'pending')].sort((a, b) => a.scheduledTime - b.scheduledTime),
    );
  }

  /** Writes all data to a new SQLite file. */
  copyTo(file: string): Promise<void> {
    return this.#executor.transactions.exclusive(() => this.#database.copyTo(file));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#scheduler.stop();
    this.#crons.stop();
    this.#liveQueries.loseAll();
    this.#database.close();
  }

  #entered<T>(work: () => Promise<T>): Promise<T> {
    enterWorlds();
    return work();
  }

  #watched<T>(work: (watch: CallWatch<T>) => Promise<void>): Promise<T> {
    return new Promise((resolve, reject) => {
      const watch = { id: 0, reply: resolve, onActionStart: () => {} };
      this.#entered(() => work(watch)).catch(reject);
    });
  }
}
