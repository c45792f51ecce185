import { setTimeout as sleep } from 'node:timers/promises';
import { MessagePort } from 'node:worker_threads';
import type { FunctionsBundle } from '../../project/bundle.ts';
import { BackendError } from '../backend-error.ts';
import { TRANSIENT_ERROR } from '../scheduler/job.ts';
import { isWatchedQuery } from '../subscription/query-request.ts';
import { LOADING } from './activity.ts';
import { FunctionFailure, memoryFailure, timeoutFailure } from './function-failure.ts';
import type { EnvironmentChange } from './environment-change.ts';
import type {
  FunctionCall,
  FunctionHost,
  FunctionResult,
  HttpActionRequest,
  HttpActionResponse,
  LiveQueryEvents,
  LiveQuerySet,
  PushResult,
} from './function-host.ts';
import { receiveBody, sendBody } from './http-body.ts';
import { LiveQuerySets } from './live-query-sets.ts';
import { answerLostCall } from './lost-call.ts';
import type {
  BackgroundTask,
  FromWorker,
  LostTask,
  WorkerRequest,
  WorkerResult,
  WorkerResults,
} from './worker-protocol.ts';
import { WorkerThread, isOutOfMemory } from './worker-thread.ts';
import type { ThreadSetup } from './worker-thread.ts';

export interface WorkerHostOptions {
  setup: Omit<ThreadSetup, 'isFirst' | 'lostTasks' | 'lostQueries'>;
  log: (line: string) => void;
  /** The thread is gone for good: nothing holds the database any more. */
  onClosed: () => void;
}

/** A request that was not answered yet. */
interface Pending {
  readonly id: number;
  readonly request: WorkerRequest;
  readonly resolve: (result: WorkerResult) => void;
  readonly reject: (error: unknown) => void;
  /** An action began: running it again could do something twice. */
  hasStartedAction: boolean;
  /** How many threads went down while it was pending. */
  lostThreads: number;
}

/** Requests during which modules are evaluated. */
const LOADS_CODE: ReadonlySet<string> = new Set(['push', 'setEnv', 'changeVariables']);

const WATCH_MS = 100;
const CLOSE_MS = 2_000;
const MOST_LOST_THREADS = 3;
const SHORT_LIFE_MS = 1_000;
const MOST_RESTARTS = 3;

/**
 * The main thread's side of the function thread. Watches it: a thread that a function keeps busy for too long, or that
 * dies, is replaced by a new one on the same database, and what it had not begun or not committed is run there.
 */
export class WorkerHost implements FunctionHost {
  readonly #options: WorkerHostOptions;
  readonly #pending = new Map<number, Pending>();
  readonly #tasks = new Map<number, BackgroundTask>();
  readonly #liveQueries = new LiveQuerySets({
    advance: (setId, change) => this.#ask({ type: 'advance', setId, change }),
    closeSet: (setId) => this.#ask({ type: 'closeSet', setId }),
  });
  readonly #lostQueries = new Map<number, string>();
  readonly #watch: NodeJS.Timeout;
  #thread: WorkerThread;
  #env: Readonly<Record<string, string>>;
  #bundle: FunctionsBundle | null = null;
  #lastId = 0;
  /** The thread has the code it needs and takes calls. */
  #isServing = false;
  #isWatched = false;
  #isStuck = false;
  #startedAt = 0;
  #lookedAt = performance.now();
  /** Threads since one last took calls. */
  #restarts = 0;
  /** The push that gives a new thread the code of the last one; it ends with its thread. */
  #restoreId = 0;
  #closing: Promise<void> | null = null;
  #closedBy: BackendError | null = null;

  private constructor(options: WorkerHostOptions) {
    this.#options = options;
    this.#env = options.setup.env;
    this.#thread = this.#spawn({ isFirst: true, lostTasks: [] });
    this.#watch = setInterval(() => this.#lookAfterThread(), WATCH_MS);
    this.#watch.unref();
  }

  static async start(options: WorkerHostOptions): Promise<WorkerHost> {
    const host = new WorkerHost(options);
    try {
      await host.#thread.ready;
    } catch (error) {
      clearInterval(host.#watch);
      host.#closedBy = unavailable('The function thread did not start.');
      await host.#thread.terminate();
      throw error;
    }
    host.#serve();
    return host;
  }

  async push(bundle: FunctionsBundle): Promise<PushResult> {
    const result = await this.#ask({ type: 'push', bundle });
    this.#bundle = bundle;
    // A thread that is lost later gets the new code, which may be better.
    this.#lostQueries.clear();
    return result;
  }

  async setEnv(env: Readonly<Record<string, string>>): Promise<PushResult> {
    const result = await this.#ask({ type: 'setEnv', env });
    this.#env = env;
    return result;
  }

  changeVariables(changes: readonly EnvironmentChange[]): Promise<PushResult> {
    return this.#ask({ type: 'changeVariables', changes });
  }

  run(call: FunctionCall): Promise<FunctionResult> {
    return this.#ask({ type: 'run', call });
  }

  runBatch(calls: readonly FunctionCall[], timestamp?: bigint): Promise<FunctionResult[]> {
    const at = timestamp === undefined ? {} : { timestamp };
    return this.#ask({ type: 'batch', calls, ...at });
  }

  latestTimestamp(): Promise<bigint> {
    return this.#ask({ type: 'timestamp' });
  }

  async runHttpAction(request: HttpActionRequest): Promise<HttpActionResponse | null> {
    const { body, sent } = sendBody(request.body);
    // The function hears of a body that fails, and answers.
    sent.catch(() => {});
    const response = await this.#ask({ type: 'http', request: { ...request, body } });
    return response === null ? null : { ...response, body: receiveBody(response.body) };
  }

  openLiveQueries(events: LiveQueryEvents): LiveQuerySet {
    return this.#liveQueries.open(events);
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    clearInterval(this.#watch);
    this.#isWatched = false;
    const closed = this.#isServing ? this.#ask({ type: 'close' }) : Promise.resolve(null);
    this.#closedBy ??= unavailable('The backend is shutting down.');
    // A thread that is stuck does not answer.
    await Promise.race([closed.catch(() => {}), sleep(CLOSE_MS, undefined, { ref: false })]);
    await this.#thread.terminate();
    this.#refuseAll(this.#closedBy);
    this.#options.onClosed();
  }

  #ask<Request extends WorkerRequest>(request: Request): Promise<WorkerResults[Request['type']]> {
    if (this.#closedBy !== null) return Promise.reject(this.#closedBy);
    this.#lastId += 1;
    const id = this.#lastId;
    return new Promise((resolve, reject) => {
      const pending: Pending = {
        id,
        request,
        // The thread answers each request with the result of its type.
        resolve: (result) => resolve(result as WorkerResults[Request['type']]),
        reject,
        hasStartedAction: false,
        lostThreads: 0,
      };
      this.#pending.set(id, pending);
      if (this.#isServing) this.#send(pending);
    });
  }

  #send(pending: Pending): void {
    const { id, request } = pending;
    this.#thread.send({ id, request });
    // A body that was handed over cannot be handed over again.
    if (request.type === 'http' && request.request.body instanceof MessagePort) {
      pending.hasStartedAction = true;
    }
  }

  #spawn(history: Pick<ThreadSetup, 'isFirst' | 'lostTasks'>): WorkerThread {
    this.#startedAt = Date.now();
    this.#isStuck = false;
    this.#tasks.clear();
    const lostQueries = this.#lostQueries;
    const setup = { ...this.#options.setup, ...history, env: this.#env, lostQueries };
    const thread = new WorkerThread(setup, {
      onMessage: (message) => this.#onMessage(message),
      onExit: (error) => {
        if (thread === this.#thread && this.#closedBy === null) void this.#replace(error);
      },
    });
    return thread;
  }

  #serve(): void {
    this.#isWatched = true;
    this.#isServing = true;
    this.#restarts = 0;
    for (const pending of this.#pending.values()) this.#send(pending);
  }

  #onMessage(message: FromWorker): void {
    switch (message.type) {
      case 'log':
        this.#options.log(message.line);
        break;
      case 'stale':
        this.#liveQueries.onStale(message.setId);
        break;
      case 'taskStart':
        this.#tasks.set(message.id, message.task);
        break;
      case 'actionStart': {
        const pending = this.#pending.get(message.id);
        if (pending !== undefined) pending.hasStartedAction = true;
        break;
      }
      case 'reply':
        this.#take(message.id)?.resolve(message.result);
        break;
      case 'refusal': {
        const { status, code, message: text } = message.error;
        this.#take(message.id)?.reject(new BackendError(status, code, text));
      }
    }
  }

  #take(id: number): Pending | undefined {
    const pending = this.#pending.get(id);
    this.#pending.delete(id);
    return pending;
  }

  #lookAfterThread(): void {
    // A process that was suspended finds its own timers late; then the thread gets its chance to beat first.
    const isLate = performance.now() - this.#lookedAt > 5 * WATCH_MS;
    this.#lookedAt = performance.now();
    if (!this.#isWatched || this.#isStuck || isLate) return;
    const { activity } = this.#thread;
    const { loadTimeoutMs, transactionTimeoutMs } = this.#options.setup;
    const isLoading = activity.current === LOADING;
    if (activity.silentMs <= (isLoading ? loadTimeoutMs : transactionTimeoutMs)) return;
    this.#isStuck = true;
    void this.#thread.terminate();
  }

  async #replace(error: Error | null): Promise<void> {
    this.#isServing = false;
    this.#isWatched = false;
    const failure = this.#failureOf(error);
    this.#options.log(`[WARN] ${failure.message} Starting a new function thread.`);
    const lostTasks = this.#blame(this.#thread.activity.current, failure);
    // A thread that dies at once, again and again, must not take the machine with it.
    if (Date.now() - this.#startedAt < SHORT_LIFE_MS) await sleep(SHORT_LIFE_MS);
    if (this.#closedBy !== null) return;
    this.#restarts += 1;
    if (this.#restarts > MOST_RESTARTS) return this.#giveUp(failure.message);
    const thread = this.#spawn({ isFirst: false, lostTasks });
    this.#thread = thread;
    try {
      await thread.ready;
      this.#isWatched = true;
      if (this.#bundle !== null) await this.#restore(this.#bundle);
    } catch (reason) {
      return this.#giveUp(reason);
    }
    if (this.#thread === thread && this.#closedBy === null) this.#serve();
  }

  /** Why the thread is gone. */
  #failureOf(error: Error | null): FunctionFailure {
    const { transactionTimeoutMs, memoryLimitMb } = this.#options.setup;
    if (this.#isStuck) return timeoutFailure(transactionTimeoutMs);
    if (isOutOfMemory(error)) return memoryFailure(memoryLimitMb);
    return new FunctionFailure(`The function thread ended: ${error?.message ?? 'no reason known'}`);
  }

  /** Answers what cannot be run again; the rest stays pending. */
  #blame(culprit: number, failure: FunctionFailure): LostTask[] {
    this.#pending.delete(this.#restoreId);
    // With nobody to blame, an action did it: what waits for the outside comes back unannounced.
    const forActions = culprit === 0 ? failure : new FunctionFailure(TRANSIENT_ERROR);
    const loading = [...this.#pending.values()].find(({ request }) => LOADS_CODE.has(request.type));
    const guilty = culprit === LOADING ? loading?.id : culprit;
    for (const pending of this.#pending.values()) {
      pending.lostThreads += 1;
      const isLost =
        pending.id === guilty ||
        pending.request.type === 'advance' ||
        pending.lostThreads >= MOST_LOST_THREADS;
      if (isLost) this.#settleLost(pending, failure);
      else if (pending.hasStartedAction) this.#settleLost(pending, forActions);
    }
    if (isWatchedQuery(culprit)) this.#lostQueries.set(culprit, failure.message);
    this.#liveQueries.loseAll();
    const task = this.#tasks.get(culprit);
    return task === undefined ? [] : [{ ...task, error: failure.message }];
  }

  #settleLost({ id, request, resolve, reject }: Pending, failure: FunctionFailure): void {
    this.#pending.delete(id);
    try {
      resolve(answerLostCall(request, failure));
    } catch (error) {
      reject(error);
    }
  }

  /** Gives the new thread the code of the old one, before any call. */
  #restore(bundle: FunctionsBundle): Promise<unknown> {
    this.#lastId += 1;
    const id = this.#lastId;
    this.#restoreId = id;
    const request = { type: 'push', bundle } as const;
    return new Promise((resolve, reject) => {
      const state = { hasStartedAction: false, lostThreads: 0 };
      this.#pending.set(id, { id, request, resolve, reject, ...state });
      this.#thread.send({ id, request });
    });
  }

  #giveUp(reason: unknown): void {
    if (this.#closedBy !== null) return;
    clearInterval(this.#watch);
    this.#closedBy = unavailable(`The function thread cannot be started again: ${reason}`);
    this.#options.log(`[ERROR] ${this.#closedBy.message}`);
    this.#refuseAll(this.#closedBy);
  }

  #refuseAll(error: BackendError): void {
    for (const { reject } of this.#pending.values()) reject(error);
    this.#pending.clear();
    this.#liveQueries.loseAll();
  }
}

function unavailable(message: string): BackendError {
  return new BackendError(503, 'BackendUnavailable', message);
}
