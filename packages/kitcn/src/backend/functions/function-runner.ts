// Not the global ones, which tests replace: a limit is on the real time that a function takes.
import { clearTimeout, setTimeout } from 'node:timers';
import type { JSONValue } from 'convex/values';
import { BackendError } from '../backend-error.ts';
import type { Clock } from '../../shared/clock.ts';
import type { Activity } from './activity.ts';
import { hideCommitTs, resolveCommitTs } from './commit-ts.ts';
import { Execution, currentExecution } from './execution.ts';
import type { RequestState, TransactionState } from './execution.ts';
import { pathOfAddress } from './function-address.ts';
import type { FunctionAddress } from './function-address.ts';
import type { FunctionHandles } from './function-handles.ts';
import { timeoutFailure, toFunctionFailure } from './function-failure.ts';
import { checkReturns, checkSize, prepareCall } from './prepare-call.ts';
import type { RegisteredFunction } from './registered-function.ts';
import { readTransaction, writeTransaction } from './syscalls/syscall.ts';
import type { FunctionCalls, NestedCall, WriteWork } from './syscalls/syscall.ts';
import type { Transactions, WriteState } from './transactions.ts';

export interface FunctionRunnerOptions {
  clock: Clock;
  handles: FunctionHandles;
  transactions: Transactions;
  activity: Activity;
  transactionTimeoutMs: number;
  actionTimeoutMs: number;
}

/** A function that was found, with arguments that were checked. */
export interface Invocation {
  target: RegisteredFunction;
  args: JSONValue;
  request: RequestState;
  /** The action that calls it. */
  parent: Execution | null;
  /** The same by the code of now, if that is another. Throws `FunctionFailure` for what that code does not take. */
  renew?(): Invocation | null;
}

/** What else happens in the transaction of a mutation. */
export interface MutationHooks {
  before?: (state: WriteState) => void;
  after?: (state: WriteState, value: JSONValue) => void;
  /** In the same tick as the commit. */
  onCommit?: (value: JSONValue, timestamp: bigint) => void;
}

export const DEEPEST_CALL = 8;

/** Runs functions in their transactions; throws `FunctionFailure` for what they threw. */
export class FunctionRunner implements FunctionCalls {
  readonly #options: FunctionRunnerOptions;

  constructor(options: FunctionRunnerOptions) {
    this.#options = options;
  }

  get clock(): Clock {
    return this.#options.clock;
  }

  get handles(): FunctionHandles {
    return this.#options.handles;
  }

  pathOf(address: FunctionAddress): string {
    return pathOfAddress(address, this.#options.handles);
  }

  runQuery(invocation: Invocation): Promise<JSONValue> {
    return this.#options.transactions.read((state) => this.runQueryIn(state, invocation));
  }

  /** In a transaction that is already open. */
  runQueryIn(state: TransactionState, invocation: Invocation): Promise<JSONValue> {
    return this.#runLimited(createExecution(invocation, state), (execution) =>
      this.#invoke(execution, invocation),
    );
  }

  runMutation(invocation: Invocation, hooks: MutationHooks = {}): Promise<JSONValue> {
    return this.#options.transactions.write(async (state) => {
      // It may have waited in the queue for longer than its caller ran.
      invocation.parent?.assertRunning();
      hooks.before?.(state);
      // While it waited, code and schema may have been replaced.
      const current = invocation.renew?.() ?? invocation;
      const value = await this.#runLimited(createExecution(current, state), (execution) =>
        this.#invoke(execution, current),
      );
      hooks.after?.(state, value);
      return value;
    }, hooks.onCommit);
  }

  runAction(invocation: Invocation): Promise<JSONValue> {
    return this.#runLimited(createExecution(invocation, null), (execution) =>
      this.#invoke(execution, invocation),
    );
  }

  /** Runs `work` as the code of an HTTP action. */
  runHttpAction<T>(path: string, request: RequestState, work: () => Promise<T>): Promise<T> {
    const options = { kind: 'httpAction', path, request, state: null, parent: null } as const;
    return this.#runLimited(new Execution(options), (execution) =>
      this.#runUserCode(execution, work),
    );
  }

  prepare(caller: Execution, call: NestedCall): RegisteredFunction {
    const path = this.pathOf(call);
    const { deployment } = caller.request;
    const { kind, args } = call;
    return prepareCall(
      deployment,
      { path, kind, args, isTrusted: true },
      this.#options.transactions,
    );
  }

  async runNested(caller: Execution, call: NestedCall): Promise<JSONValue> {
    readTransaction(caller);
    const savesWrites = call.kind === 'mutation';
    const transaction = savesWrites ? writeTransaction(caller) : null;
    const invocation = this.#nestedInvocation(caller, call);
    const savepoint = transaction?.savepoint();
    const { state, close } = this.#nestedState(caller.state, call);
    const execution = createExecution(invocation, state);
    try {
      const value = await this.#invoke(execution, invocation);
      caller.assertRunning();
      execution.end();
      savepoint?.release();
      return value;
    } catch (error) {
      execution.end();
      // A caller that was stopped has lost its whole transaction.
      if (caller.isRunning) savepoint?.rollback();
      throw error;
    } finally {
      close();
    }
  }

  async runFromAction(caller: Execution, call: NestedCall): Promise<JSONValue> {
    if (caller.state !== null) {
      throw new BackendError(
        400,
        'ActionsOnly',
        'Only actions can call functions in transactions of their own.',
      );
    }
    const invocation = this.#nestedInvocation(caller, call);
    switch (invocation.target.kind) {
      case 'query':
        return this.runQuery(invocation);
      case 'mutation':
        return this.runMutation(invocation);
      case 'action':
        return this.runAction(invocation);
    }
  }

  write<T extends JSONValue>(caller: Execution, work: WriteWork<T>): T | Promise<T> {
    if (caller.state !== null) return work(writeTransaction(caller), caller.state);
    // Also if the action ends before its turn comes: the call was made while it ran.
    return this.#options.transactions.write((state) => work(state.transaction, state));
  }

  /** The transaction of the caller with limits of its own, or a snapshot of the last commit. */
  #nestedState(
    state: TransactionState | null,
    { isStale = false, limits = {} }: NestedCall,
  ): { state: TransactionState | null; close: () => void } {
    if (state === null) return { state, close: () => {} };
    if (!isStale) return { state, close: state.transaction.usage.lower(limits) };
    const snapshot = this.#options.transactions.openSnapshot();
    snapshot.usage.lower(limits);
    return { state: { ...state, transaction: snapshot }, close: () => snapshot.end() };
  }

  #nestedInvocation(parent: Execution, call: NestedCall): Invocation {
    if (parent.depth >= DEEPEST_CALL) {
      throw new BackendError(
        400,
        'MaximumCallDepthExceeded',
        `MaximumCallDepthExceeded: functions can call each other at most ${DEEPEST_CALL} levels deep.`,
      );
    }
    const target = this.prepare(parent, call);
    return { target, args: call.args, request: parent.request, parent };
  }

  async #invoke(execution: Execution, { target, args }: Invocation): Promise<JSONValue> {
    const argsJson = JSON.stringify([args]);
    checkSize(target, { what: 'arguments', value: args, length: argsJson.length });
    const { state } = execution;
    const shown = hideCommitTs(argsJson, state);
    const answer = await this.#runUserCode(execution, () => target.invoke(shown));
    const json = resolveCommitTs(answer, state);
    const value: JSONValue = JSON.parse(json);
    checkSize(target, { what: 'result', value, length: json.length });
    checkReturns(target, value, state?.transaction ?? this.#options.transactions);
    return value;
  }

  async #runUserCode<T>(execution: Execution, work: () => Promise<T>): Promise<T> {
    const { request } = execution;
    const userTime = execution.state?.userTime;
    this.#options.activity.enter(request.activityId);
    userTime?.resume();
    try {
      return await currentExecution.run(execution, work);
    } catch (error) {
      throw toFunctionFailure(error, request.deployment.bundle);
    } finally {
      userTime?.pause();
      // What it started and did not wait for is still part of it.
      await execution.settle();
    }
  }

  async #runLimited<T>(
    execution: Execution,
    work: (execution: Execution) => Promise<T>,
  ): Promise<T> {
    const { activity, transactionTimeoutMs, actionTimeoutMs } = this.#options;
    if (activity.isOverdue) await activity.catchUp();
    const limit = execution.state === null ? actionTimeoutMs : transactionTimeoutMs;
    let timer: NodeJS.Timeout | undefined;
    const timeout = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => {
        execution.end();
        if (execution.state !== null) execution.state.observed.clock = true;
        reject(timeoutFailure(limit));
      }, limit);
    });
    try {
      const result = work(execution).finally(() => execution.assertInTime());
      return await Promise.race([result, timeout]);
    } finally {
      clearTimeout(timer);
      execution.end();
    }
  }
}

function createExecution(
  { target, request, parent }: Invocation,
  state: TransactionState | null,
): Execution {
  return new Execution({ kind: target.kind, path: target.path, request, state, parent });
}
