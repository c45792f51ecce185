import { setImmediate as nextTurn } from 'node:timers/promises';
import { getHeapStatistics } from 'node:v8';
import type { JSONValue } from 'convex/values';
import type { FunctionsBundle } from '../../project/bundle.ts';
import { parseFunctionPath } from './function-path.ts';
import { parseSchema } from '../schema/schema.ts';
import type { CronSpec } from '../scheduler/cron-spec.ts';
import { runCron } from '../scheduler/run-cron.ts';
import { runJob } from '../scheduler/run-job.ts';
import type { BackgroundRun } from '../scheduler/run-job.ts';
import type { SessionOutcome } from '../storage/session-requests.ts';
import type { Database } from '../storage/database.ts';
import type { QueryRequest } from '../subscription/query-request.ts';
import type { QueryRun } from '../subscription/query-result.ts';
import { QueryService } from '../subscription/query-service.ts';
import { ReadSet } from '../transaction/read-set.ts';
import type { ChangeSet, Snapshot } from '../transaction/transaction.ts';
import type { ValidationContext } from '../values/validate-value.ts';
import type { Activity } from './activity.ts';
import { EMPTY_DEPLOYMENT } from './deployment.ts';
import type { Deployment } from './deployment.ts';
import type { DueJob, RequestState, WorldSource } from './execution.ts';
import type {
  FunctionCall,
  FunctionResult,
  HttpActionRequest,
  PushResult,
} from './function-host.ts';
import {
  FunctionFailure,
  createRequestId,
  toErrorResult,
  withRequestId,
} from './function-failure.ts';
import { FunctionHandles } from './function-handles.ts';
import { FunctionRunner } from './function-runner.ts';
import type { Invocation } from './function-runner.ts';
import { answerHttpAction } from './http-action.ts';
import type { SentRequest, SentResponse } from './http-action.ts';
import { LostQueries } from './lost-queries.ts';
import { prepareCall } from './prepare-call.ts';
import { AlreadyApplied, applyOnce } from './repeated-mutation.ts';
import { countUserFunctions, withSystemFunctions } from './system-functions.ts';
import { createProgressLog } from './progress-log.ts';
import { Transactions, createState } from './transactions.ts';
import type { RegisteredFunction } from './registered-function.ts';
import type { FunctionCalls } from './syscalls/syscall.ts';
import { loadInUserRealm } from './user-realm.ts';

export interface ExecutorOptions extends WorldSource {
  database: Database;
  activity: Activity;
  transactionTimeoutMs: number;
  actionTimeoutMs: number;
  loadTimeoutMs: number;
  log: (line: string) => void;
  onScheduled: (jobs: readonly DueJob[]) => void;
  /** Some result of a set of live queries is no longer the present one. */
  onStale: (setId: number) => void;
  /** Watched queries that took a thread down, by their number on the activity board. */
  lostQueries: ReadonlyMap<number, string>;
}

/** How much the query cache holds. */
const CACHE_BYTES = Math.min(100 * 1024 * 1024, getHeapStatistics().heap_size_limit / 4);

/** How one call is followed from outside. */
export interface CallWatch<Result> {
  /** Number of the call on the activity board. */
  id: number;
  /** Called once, for a mutation in the same tick as its commit. */
  reply: (result: Result) => void;
  /** From here on, running the call again could do something twice. */
  onActionStart: () => void;
}

/** A call by code on this thread. */
export interface DirectCall extends Pick<FunctionCall, 'kind' | 'identity' | 'client'> {
  /** `folder/module:export`, or a function that is in no module. */
  target: string | RegisteredFunction;
  args: JSONValue;
}

type RequestOrigin = Pick<FunctionCall, 'identity' | 'client' | 'requestId'> &
  Partial<Pick<HttpActionRequest, 'identityError'>>;

/** Runs the user's functions on this thread. One for each database. */
export class Executor {
  readonly #options: ExecutorOptions;
  readonly #transactions: Transactions;
  readonly #runner: FunctionRunner;
  readonly #queries: QueryService;
  readonly #lostQueries: LostQueries;
  #deployment: Deployment = EMPTY_DEPLOYMENT;

  constructor(options: ExecutorOptions) {
    const { database, clock, activity, transactionTimeoutMs, actionTimeoutMs } = options;
    this.#options = options;
    this.#lostQueries = new LostQueries(options.lostQueries);
    const events = {
      onScheduled: options.onScheduled,
      onCommit: (changes: ChangeSet, timestamp: bigint) =>
        this.#queries.onCommit(changes, timestamp),
    };
    this.#transactions = new Transactions(database, events, options);
    this.#queries = new QueryService({
      transactions: this.#transactions,
      clock,
      cacheBytes: CACHE_BYTES,
      run: (snapshot, request, activityId) => this.#runQuery(snapshot, request, activityId),
      onStale: options.onStale,
    });
    this.#runner = new FunctionRunner({
      transactions: this.#transactions,
      clock,
      handles: new FunctionHandles(database.readSecret('function-handles')),
      activity,
      transactionTimeoutMs,
      actionTimeoutMs,
    });
  }

  get transactions(): Transactions {
    return this.#transactions;
  }

  get queries(): QueryService {
    return this.#queries;
  }

  /** Loads code beside the running one, and replaces it only when all of it is known to work. */
  push(bundle: FunctionsBundle, env: Readonly<Record<string, string>>): Promise<PushResult> {
    const { activity, clock, loadTimeoutMs } = this.#options;
    const log = (path: string, line: string): void => this.#log(path, line);
    return this.deploy(async (calls) => {
      const realm = { calls, activity, clock, env, loadTimeoutMs, log };
      return withSystemFunctions(await loadInUserRealm(bundle, realm), env);
    });
  }

  /** The same with code that is loaded in any way; the global `Convex` of its realm makes those `calls`. */
  async deploy(load: (calls: FunctionCalls) => Promise<Deployment>): Promise<PushResult> {
    const { activity, database, log } = this.#options;
    activity.beginLoading();
    try {
      const deployment = await load(this.#runner);
      const { schema, authProviders, functions } = deployment;
      const parsed = schema === null ? null : parseSchema(schema);
      const onProgress = createProgressLog(log);
      await this.#transactions.exclusive(async () => {
        for (const progress of database.migrate(parsed)) {
          onProgress(progress);
          await nextTurn();
        }
        // In the same tick as the last step: no call sees new code with old tables.
        if (this.#deployment !== EMPTY_DEPLOYMENT) this.#lostQueries.forget();
        this.#deployment = deployment;
        this.#queries.invalidateAll();
      });
      return { authProviders, functionCount: countUserFunctions(functions.keys()) };
    } finally {
      activity.endLoading();
    }
  }

  /** Rejects with `BackendError` for what no function is to blame for. */
  async run(call: FunctionCall, watch: CallWatch<FunctionResult>): Promise<void> {
    const path = parseFunctionPath(call.path);
    if (call.kind === 'query') {
      const [answer] = await this.#answer([call], watch.id);
      if (answer !== undefined) watch.reply(answer);
      return;
    }
    const request = this.#createRequest(watch.id, call);
    const { logLines } = request;
    const succeed = (value: JSONValue): void => {
      watch.reply({ status: 'success', value, logLines });
    };
    try {
      const invocation = this.#prepare(request, { ...call, path });
      switch (invocation.target.kind) {
        case 'query':
          succeed(await this.#runner.runQuery(invocation));
          break;
        case 'mutation':
          await this.#runner.runMutation(invocation, {
            ...(call.session === undefined ? {} : applyOnce(call.session, logLines)),
            onCommit: (value, timestamp) =>
              watch.reply({
                status: 'success',
                value,
                logLines,
                ...(call.session === undefined ? {} : { timestamp }),
              }),
          });
          break;
        case 'action':
          watch.onActionStart();
          succeed(await this.#runner.runAction(invocation));
      }
    } catch (error) {
      const outcome = await this.#findOutcome(call, error);
      watch.reply(
        outcome === null
          ? this.#toErrorResult(error, { path, request })
          : toMutationAnswer(outcome),
      );
    } finally {
      this.#options.activity.leave(watch.id);
    }
  }

  /** Answers the value; throws a `FunctionFailure` whose cause is what the function threw. Internal ones can be called. */
  async call({ kind, target, args, ...sender }: DirectCall): Promise<JSONValue> {
    const request = this.#createRequest(0, sender);
    const invocation =
      typeof target === 'string'
        ? this.#prepare(request, { kind, path: parseFunctionPath(target), args, isAdmin: true })
        : { target, args, request, parent: null };
    switch (invocation.target.kind) {
      case 'query':
        return this.#runner.runQuery(invocation);
      case 'mutation':
        return this.#runner.runMutation(invocation);
      case 'action':
        return this.#runner.runAction(invocation);
    }
  }

  /** All at one timestamp, by default the present one, one after the other. */
  async runBatch(
    { calls, timestamp }: { calls: readonly FunctionCall[]; timestamp?: bigint },
    watch: CallWatch<FunctionResult[]>,
  ): Promise<void> {
    watch.reply(await this.#answer(calls, watch.id, timestamp));
  }

  async runHttpAction(request: SentRequest, watch: CallWatch<SentResponse | null>): Promise<void> {
    const { router } = this.#deployment;
    const { activity } = this.#options;
    const state = this.#createRequest(watch.id, request);
    try {
      await answerHttpAction(router, request, {
        requestId: state.requestId,
        run: (path, work) => {
          watch.onActionStart();
          return this.#runner.runHttpAction(path, state, work);
        },
        respond: (response) => watch.reply(response),
        onFailure: (path, failure) => this.#log(path, failure.message),
        onProgress: () => activity.enter(watch.id),
      });
    } finally {
      activity.leave(watch.id);
    }
  }

  /** The crons of the code that runs. */
  get crons(): readonly CronSpec[] {
    return this.#deployment.crons;
  }

  /** Runs a scheduled job that is due. */
  async runJob(jobId: string, activityId: number): Promise<void> {
    const request = { ...this.#createRequest(activityId, { identity: null }), jobId };
    try {
      await runJob(request, this.#backgroundRun(request, ''));
    } finally {
      this.#options.activity.leave(activityId);
    }
  }

  /** Runs a cron that is due. */
  async runCron(name: string, activityId: number): Promise<void> {
    const request = this.#createRequest(activityId, { identity: null });
    const label = `(cron "${name}") `;
    try {
      await runCron({
        ...this.#backgroundRun(request, label),
        name,
        onSkip: (next) =>
          this.#log(
            'crons',
            `${label}missed runs are skipped, next ${new Date(next).toISOString()}`,
          ),
      });
    } finally {
      this.#options.activity.leave(activityId);
    }
  }

  #backgroundRun(request: RequestState, label: string): BackgroundRun {
    return {
      transactions: this.#transactions,
      runner: this.#runner,
      clock: this.#options.clock,
      prepare: ({ path, args }) =>
        this.#prepare(request, { kind: 'any', path, args, isAdmin: true }),
      onFailure: (path, failure) => this.#log(path, `${label}${failure.message}`),
    };
  }

  async #answer(
    calls: readonly FunctionCall[],
    activityId: number,
    timestamp?: bigint,
  ): Promise<FunctionResult[]> {
    const requests = calls.map(({ path, args, identity, isAdmin }) => {
      return { path: parseFunctionPath(path), args, identity, isAdmin, journal: null };
    });
    try {
      const answers =
        timestamp === undefined
          ? await this.#queries.answer(requests, activityId)
          : await this.#queries.answerAt(timestamp, requests, activityId);
      // Equal queries share one run, whatever their requests are called.
      return answers.map(({ result }, index) => withRequestId(result, calls[index]?.requestId));
    } finally {
      this.#options.activity.leave(activityId);
    }
  }

  async #runQuery(snapshot: Snapshot, call: QueryRequest, activityId: number): Promise<QueryRun> {
    const reads = new ReadSet();
    const state = createState(snapshot.recording(reads), this.#options);
    const request = this.#createRequest(activityId, call);
    request.journal.endCursor = call.journal;
    const { observed } = state;
    try {
      this.#lostQueries.refuse(activityId, state);
      const invocation = this.#prepare(request, { ...call, kind: 'query' }, state.transaction);
      const value = await this.#runner.runQueryIn(state, invocation);
      const result = { status: 'success', value, logLines: request.logLines } as const;
      return { result, journal: request.journal.endCursor, reads, observed };
    } catch (error) {
      const result = this.#toErrorResult(error, { path: call.path, request });
      return { result, journal: request.journal.endCursor, reads, observed };
    } finally {
      this.#options.activity.leave(activityId);
    }
  }

  /** What the mutation did when it was sent before, even if it could not be run any more. */
  async #findOutcome(call: FunctionCall, error: unknown): Promise<SessionOutcome | null> {
    if (error instanceof AlreadyApplied) return error.outcome;
    const { session } = call;
    if (session === undefined || !(error instanceof FunctionFailure)) return null;
    return this.#transactions.write(({ transaction }) => transaction.findOutcome(session));
  }

  #prepare(
    request: RequestState,
    call: Omit<FunctionCall, 'identity'>,
    context: ValidationContext = this.#transactions,
  ): Invocation {
    const { kind, path, args, isAdmin } = call;
    const wanted = { kind, path, args, isTrusted: isAdmin };
    const target = prepareCall(request.deployment, wanted, context);
    const renew = (): Invocation | null => {
      const deployment = this.#deployment;
      if (deployment === request.deployment) return null;
      return this.#prepare({ ...request, deployment }, { ...call, kind: target.kind });
    };
    return { target, args, request, parent: null, renew };
  }

  #createRequest(
    activityId: number,
    { identity, identityError, client, requestId = createRequestId() }: RequestOrigin,
  ): RequestState {
    return {
      activityId,
      requestId,
      deployment: this.#deployment,
      identity,
      identityError: identityError ?? null,
      client: client ?? null,
      jobId: null,
      logLines: [],
      journal: { endCursor: null },
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

function toMutationAnswer({ answer, timestamp }: SessionOutcome): FunctionResult {
  return { status: 'success', ...answer, timestamp };
}
