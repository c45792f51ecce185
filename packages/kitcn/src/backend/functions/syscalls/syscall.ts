import type { JSONValue } from 'convex/values';
import { BackendError } from '../../backend-error.ts';
import type { Clock } from '../../../shared/clock.ts';
import type { ReadTransaction, WriteTransaction } from '../../transaction/transaction.ts';
import type { TransactionLimits } from '../../transaction/transaction-usage.ts';
import type { Execution, TransactionState } from '../execution.ts';
import type { FunctionAddress } from '../function-address.ts';
import type { FunctionHandles } from '../function-handles.ts';
import type { RegisteredFunction } from '../registered-function.ts';

/** What a function wants to have run, now or later. */
export interface NestedCall extends FunctionAddress {
  kind: 'query' | 'mutation' | 'action' | 'scheduled';
  args: JSONValue;
  /** `transactionLimits`: what it may do by itself, where that is less than what its caller still may. */
  limits?: TransactionLimits;
  /** A query that sees the last commit, not what its caller wrote. */
  isStale?: boolean;
}

/** The executor, as far as functions reach it. */
export interface FunctionCalls {
  readonly clock: Clock;
  readonly handles: FunctionHandles;
  /** `folder/module:export` */
  pathOf(address: FunctionAddress): string;
  /** Finds the function and checks its arguments. */
  prepare(caller: Execution, call: NestedCall): RegisteredFunction;
  /** In the caller's transaction; a mutation as a sub-transaction of it. */
  runNested(caller: Execution, call: NestedCall): Promise<JSONValue>;
  /** With a transaction of its own. */
  runFromAction(caller: Execution, call: NestedCall): Promise<JSONValue>;
  /** Runs `work` in the caller's transaction, or in one of its own if the caller is an action. */
  write<T extends JSONValue>(caller: Execution, work: WriteWork<T>): T | Promise<T>;
}

export type WriteWork<T> = (transaction: WriteTransaction, state: TransactionState) => T;

type Run<Args, Result> = (execution: Execution, args: Args, calls: FunctionCalls) => Result;

/** One operation that `convex/server` asks for; arguments and result are JSON text. */
export type Syscall<Result> = Run<string, Result>;

export type SyncSyscalls = Readonly<Record<string, Syscall<string>>>;
export type AsyncSyscalls = Readonly<Record<string, Syscall<string | Promise<string>>>>;

/** Makes a syscall of a function on its arguments, whose shape `convex/server` determines. */
export function syscall<Args>(run: Run<Args, JSONValue>): Syscall<string>;
export function syscall<Args>(
  run: Run<Args, JSONValue | Promise<JSONValue>>,
): Syscall<string | Promise<string>>;
export function syscall<Args>(
  run: Run<Args, JSONValue | Promise<JSONValue>>,
): Syscall<string | Promise<string>> {
  return (execution, argsJson, calls) => {
    const result = run(execution, JSON.parse(argsJson), calls);
    return result instanceof Promise
      ? result.then((value) => JSON.stringify(value))
      : JSON.stringify(result);
  };
}

export function readTransaction(execution: Execution): ReadTransaction {
  if (execution.state !== null) return execution.state.transaction;
  throw new BackendError(
    400,
    'NoTransaction',
    'The database is reached from queries and mutations only; call one with ctx.runQuery or ctx.runMutation.',
  );
}

export function writeTransaction(execution: Execution): WriteTransaction {
  const transaction = readTransaction(execution);
  if (execution.kind === 'mutation' && isWritable(transaction)) return transaction;
  throw new BackendError(400, 'ReadOnlyTransaction', 'Only mutations can write to the database.');
}

/** Whether it is that of a mutation, whoever of its functions has it. */
export function isWritable(transaction: ReadTransaction): transaction is WriteTransaction {
  return 'commit' in transaction;
}
