import type { JSONValue } from 'convex/values';
import type { Execution } from '../execution.ts';
import type { FunctionAddress } from '../function-address.ts';
import { syscall } from './syscall.ts';
import type { TransactionLimits } from '../../transaction/transaction-usage.ts';
import type { AsyncSyscalls, FunctionCalls, NestedCall } from './syscall.ts';

type RunArgs = FunctionAddress & { args: JSONValue };
type NestedArgs = RunArgs & { udfType: string; transactionLimits?: TransactionLimits };

export const functionRuns: AsyncSyscalls = {
  '1.0/runUdf': syscall(
    (execution, { udfType, transactionLimits, ...call }: NestedArgs, calls: FunctionCalls) => {
      const kind = udfType === 'mutation' ? 'mutation' : 'query';
      const limits = transactionLimits === undefined ? {} : { limits: transactionLimits };
      const isStale = udfType === 'snapshotQuery';
      return calls.runNested(execution, { ...call, ...limits, kind, isStale });
    },
  ),
  '1.0/actions/query': syscall(runFromAction('query')),
  '1.0/actions/mutation': syscall(runFromAction('mutation')),
  '1.0/actions/action': syscall(runFromAction('action')),
};

function runFromAction(kind: NestedCall['kind']) {
  return (execution: Execution, args: RunArgs, calls: FunctionCalls): Promise<JSONValue> =>
    calls.runFromAction(execution, { ...args, kind });
}
