import { BackendError } from '../backend-error.ts';
import type { Activity } from './activity.ts';
import { hideCommitTs, resolveCommitTs } from './commit-ts.ts';
import { Execution, currentExecution } from './execution.ts';
import { FunctionFailure } from './function-failure.ts';
import { functionHandles } from './syscalls/function-handle.ts';
import { identityReads } from './syscalls/identity.ts';
import { asyncMetadata, syncMetadata } from './syscalls/metadata.ts';
import { asyncReads, syncReads } from './syscalls/read-documents.ts';
import { functionRuns } from './syscalls/run-function.ts';
import { schedulerCalls } from './syscalls/schedule.ts';
import type { AsyncSyscalls, FunctionCalls, SyncSyscalls } from './syscalls/syscall.ts';
import { noSuchOperation } from './syscalls/unsupported.ts';
import { documentWrites } from './syscalls/write-documents.ts';

/** The global `Convex` through which `convex/server` reaches its backend. */
export interface ConvexGlobal {
  syscall(operation: string, argsJson: string): string;
  /** What need not be waited for is no promise: `convex/server` awaits the answer anyway. */
  asyncSyscall(operation: string, argsJson: string): string | Promise<string>;
  jsSyscall(operation: string): never;
}

const SYNC: SyncSyscalls = { ...syncReads, ...syncMetadata };

const ASYNC: AsyncSyscalls = {
  ...asyncReads,
  ...documentWrites,
  ...functionHandles,
  ...functionRuns,
  ...identityReads,
  ...schedulerCalls,
  ...asyncMetadata,
};

/** Names of all that functions can ask for. */
export const SUPPORTED_OPERATIONS: readonly string[] = [
  ...Object.keys(SYNC),
  ...Object.keys(ASYNC),
];

/** One for all functions: whose call it is says the execution that is current. */
export function createConvexGlobal(calls: FunctionCalls, activity: Activity): ConvexGlobal {
  return {
    syscall(operation, argsJson) {
      const execution = enter(activity);
      const { state } = execution;
      try {
        const run = find(SYNC, operation, 'Unknown operation');
        return hideCommitTs(run(execution, resolveCommitTs(argsJson, state), calls), state);
      } finally {
        state?.userTime.resume();
      }
    },
    asyncSyscall(operation, argsJson) {
      const execution = enter(activity);
      const { state } = execution;
      const run = find(ASYNC, operation, 'Unknown async operation');
      try {
        const args = resolveCommitTs(argsJson, state);
        const result = execution.inOrder(() => run(execution, args, calls));
        if (typeof result !== 'string') return wait(result, execution, activity);
        state?.userTime.resume();
        return hideCommitTs(result, state);
      } catch (error) {
        state?.userTime.resume();
        throw withData(error);
      }
    },
    jsSyscall(operation) {
      enter(activity);
      throw noSuchOperation(operation, 'Unknown operation');
    },
  };
}

async function wait(
  result: Promise<string>,
  execution: Execution,
  activity: Activity,
): Promise<string> {
  try {
    return hideCommitTs(await result, execution.state);
  } catch (error) {
    throw withData(error);
  } finally {
    // Other calls may have had the thread in between.
    if (execution.isRunning) activity.enter(execution.request.activityId);
    execution.state?.userTime.resume();
  }
}

function enter(activity: Activity): Execution {
  const execution = currentExecution.getStore();
  if (!(execution instanceof Execution)) {
    throw new BackendError(
      400,
      'NoFunctionRunning',
      'The database and other parts of ctx cannot be used while modules load.',
    );
  }
  execution.assertRunning();
  execution.state?.userTime.pause();
  execution.assertInTime();
  activity.enter(execution.request.activityId);
  return execution;
}

function find<T>(table: Readonly<Record<string, T>>, operation: string, words: string): T {
  const found = Object.hasOwn(table, operation) ? table[operation] : undefined;
  if (found === undefined) throw noSuchOperation(operation, words);
  return found;
}

/** Data is what the function that called can catch, as `convex/react` does with that of a wrong cursor. */
function withData(error: unknown): unknown {
  if (!(error instanceof BackendError) || error.data === undefined) return error;
  return new FunctionFailure(error.message, error.data);
}
