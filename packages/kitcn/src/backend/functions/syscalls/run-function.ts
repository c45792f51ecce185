import type { JSONValue } from 'convex/values';
import { BackendError } from '../../backend-error.ts';
import type { Execution } from '../execution.ts';
import type { FunctionAddress } from '../function-address.ts';
import { syscall } from './syscall.ts';
import type { AsyncSyscalls, FunctionCalls, NestedCall, TransactionLimits } from './syscall.ts';

type RunArgs = FunctionAddress & { args: JSONValue };
type NestedArgs = RunArgs & { udfType: string; transactionLimits?: TransactionLimits };

export const functionRuns: AsyncSyscalls = {
  '1.0/runUdf': syscall(
    (execution, { udfType, transactionLimits, ...call }: NestedArgs, calls: FunctionCalls) => {
      if (udfType === 'snapshotQuery') {
        throw new BackendError(
          400,
          'NotSupported',
          'The embedded backend does not support the option useStaleSnapshot yet.',
        );
      }
      const kind = udfType === 'mutation' ? 'mutation' : 'query';
      const limits = transactionLimits === undefined ? {} : { limits: transactionLimits };
      return calls.runNested(execution, { ...call, ...limits, kind });
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
