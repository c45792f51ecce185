import type { JSONValue } from 'convex/values';
import type { FunctionsBundle } from '../../project/bundle.ts';
import { parseFunctionPath } from '../http/function-path.ts';
import { parseSchema } from '../schema/schema.ts';
import { runJob } from '../scheduler/run-job.ts';
import type { Database } from '../storage/database.ts';
import type { Activity } from './activity.ts';
import { EMPTY_DEPLOYMENT } from './deployment.ts';
import type { Deployment } from './deployment.ts';
import type { DueJob, RequestState, TransactionState } from './execution.ts';
import type {
  FunctionCall,
  FunctionResult,
  HttpActionRequest,
  HttpActionResponse,
  PushResult,
} from './function-host.ts';
import { FunctionFailure, createRequestId, toErrorResult } from './function-failure.ts';
import { FunctionRunner } from './function-runner.ts';
import type { Invocation } from './function-runner.ts';
import { answerHttpAction } from './http-action.ts';
import { prepareCall } from './prepare-call.ts';
import { Transactions } from './transactions.ts';
import { loadInUserRealm } from './user-realm.ts';

export interface ExecutorOptions {
  database: Database;
  activity: Activity;
  env: Readonly<Record<string, string>>;
  transactionTimeoutMs: number;
  actionTimeoutMs: number;
  loadTimeoutMs: number;
  log: (line: string) => void;
  onScheduled: (jobs: readonly DueJob[]) => void;
}

/** How one call is followed from outside. */
export interface CallWatch<Result> {
  /** Number of the call on the activity board. */
  id: number;
  /** Called once, for a mutation in the same tick as its commit. */
  reply: (result: Result) => void;
  /** From here on, running the call again could do something twice. */
  onActionStart: () => void;
}

/** Runs the user's functions on this thread. One for each database. */
export class Executor {
  readonly #options: ExecutorOptions;
  readonly #transactions: Transactions;
  readonly #runner: FunctionRunner;
  #deployment: Deployment = EMPTY_DEPLOYMENT;

  constructor(options: ExecutorOptions) {
    const { database, activity, transactionTimeoutMs, actionTimeoutMs } = options;
    this.#options = options;
    this.#transactions = new Transactions(database, options.onScheduled);
    this.#runner = new FunctionRunner({
      transactions: this.#transactions,
      activity,
      transactionTimeoutMs,
      actionTimeoutMs,
    });
  }

  get transactions(): Transactions {
    return this.#transactions;
  }

  /** Loads code beside the running one, and replaces it only when all of it is known to work. */
  async push(bundle: FunctionsBundle): Promise<PushResult> {
    const { activity, database, env, loadTimeoutMs, log } = this.#options;
    activity.beginLoading();
    try {
      const deployment = await loadInUserRealm(bundle, {
        calls: this.#runner,
        activity,
        env,
        loadTimeoutMs,
        log: (path, line) => this.#log(path, line),
      });
      const { schema, authProviders, functions } = deployment;
      const parsed = schema === null ? null : parseSchema(schema);
      await this.#transactions.exclusive(() => {
        database.applySchema(parsed);
        this.#deployment = deployment;
      });
      if (deployment.hasCrons) {
        log('[WARN] crons: the embedded backend does not support cron jobs yet; none will run.');
      }
      return { authProviders, functionCount: functions.size };
    } finally {
      activity.endLoading();
    }
  }

  /** Rejects with `BackendError` for what no function is to blame for. */
  async run(call: FunctionCall, watch: CallWatch<FunctionResult>): Promise<void> {
    const path = parseFunctionPath(call.path);
    const request = this.#createRequest(watch.id, call);
    const succeed = (value: JSONValue): void => {
      watch.reply({ status: 'success', value, logLines: request.logLines });
    };
    try {
      const invocation = this.#prepare(request, { ...call, path });
      switch (invocation.target.kind) {
        case 'query':
          succeed(await this.#runner.runQuery(invocation));
          break;
        case 'mutation':
          await this.#runner.runMutation(invocation, { onCommit: succeed });
          break;
        case 'action':
          watch.onActionStart();
          succeed(await this.#runner.runAction(invocation));
      }
    } catch (error) {
      watch.reply(this.#toErrorResult(error, { path, request }));
    } finally {
      this.#options.activity.leave(watch.id);
    }
  }

  /** All at one timestamp, one after the other. */
  async runBatch(
    calls: readonly FunctionCall[],
    watch: CallWatch<FunctionResult[]>,
  ): Promise<void> {
    const parsed = calls.map((call) => ({ ...call, path: parseFunctionPath(call.path) }));
    const results: FunctionResult[] = [];
    try {
      await this.#transactions.read(async (state) => {
        for (const call of parsed) results.push(await this.#runBatched(call, { state, watch }));
      });
    } finally {
      this.#options.activity.leave(watch.id);
    }
    watch.reply(results);
  }

  async runHttpAction(
    request: HttpActionRequest,
    watch: CallWatch<HttpActionResponse | null>,
  ): Promise<void> {
    const { router } = this.#deployment;
    const state = this.#createRequest(watch.id, request);
    try {
      const response = await answerHttpAction(router, request, {
        requestId: state.requestId,
        run: (path, work) => {
          watch.onActionStart();
          return this.#runner.runHttpAction(path, state, work);
        },
        onFailure: (path, failure) => this.#log(path, failure.message),
      });
      watch.reply(response);
    } finally {
      this.#options.activity.leave(watch.id);
    }
  }

  /** Runs a scheduled job that is due. */
  async runJob(jobId: string, activityId: number): Promise<void> {
    const request = {
      ...this.#createRequest(activityId, { identity: null }),
      jobId,
    };
    try {
      await runJob(request, {
        transactions: this.#transactions,
        runner: this.#runner,
        prepare: ({ path, args }) =>
          this.#prepare(request, { kind: 'any', path, args, isAdmin: true }),
        onFailure: (path, failure) => this.#log(path, failure.message),
      });
    } finally {
      this.#options.activity.leave(activityId);
    }
  }

  async #runBatched(
    call: FunctionCall,
    { state, watch }: { state: TransactionState; watch: CallWatch<FunctionResult[]> },
  ): Promise<FunctionResult> {
    const request = this.#createRequest(watch.id, call);
    try {
      const invocation = this.#prepare(request, { ...call, kind: 'query' });
      const value = await this.#runner.runQueryIn(state, invocation);
      return { status: 'success', value, logLines: request.logLines };
    } catch (error) {
      return this.#toErrorResult(error, { path: call.path, request });
    }
  }

  #prepare(request: RequestState, call: Omit<FunctionCall, 'identity'>): Invocation {
    const { kind, path, args, isAdmin } = call;
    const wanted = { kind, path, args, isTrusted: isAdmin };
    const target = prepareCall(request.deployment, wanted, this.#transactions);
    return { target, args, request, parent: null };
  }

  #createRequest(
    activityId: number,
    {
      identity,
      identityError,
    }: Pick<HttpActionRequest, 'identity'> & Partial<Pick<HttpActionRequest, 'identityError'>>,
  ): RequestState {
    return {
      activityId,
      requestId: createRequestId(),
      deployment: this.#deployment,
      identity,
      identityError: identityError ?? null,
      jobId: null,
      logLines: [],
    };
  }

  #toErrorResult(
    error: unknown,
    { path, request }: { path: string; request: RequestState },
  ): FunctionResult {
    if (!(error instanceof FunctionFailure)) throw error;
    this.#log(path, error.message);
    return toErrorResult(error, request.requestId, request.logLines);
  }

  #log(path: string, text: string): void {
    this.#options.log(`[CONVEX ${path}] ${text}`);
  }
}
