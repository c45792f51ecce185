import type { JSONValue } from 'convex/values';
import { BackendError } from '../../backend-error.ts';
import { cancelJob, createJob, readJob } from '../../scheduler/job.ts';
import type { Execution } from '../execution.ts';
import type { FunctionAddress } from '../function-address.ts';
import { measureCallValue } from '../../values/value-limits.ts';
import { syscall } from './syscall.ts';
import type { AsyncSyscalls, FunctionCalls } from './syscall.ts';

type ScheduleArgs = FunctionAddress & {
  /** Seconds since the epoch. */
  ts: number;
  args: JSONValue;
};

const LONGEST_DELAY_MS = 5 * 366 * 24 * 60 * 60 * 1000;

export const schedulerCalls: AsyncSyscalls = {
  '1.0/schedule': syscall(schedule),
  '1.0/actions/schedule': syscall(schedule),
  '1.0/cancel_job': syscall(cancel),
  '1.0/actions/cancel_job': syscall(cancel),
};

function schedule(
  execution: Execution,
  { ts, args, ...address }: ScheduleArgs,
  calls: FunctionCalls,
): string | Promise<string> {
  const time = ts * 1000;
  if (!(Math.abs(time - calls.clock.now()) <= LONGEST_DELAY_MS)) {
    throw new BackendError(
      400,
      'InvalidScheduleTime',
      'A function can be scheduled at most five years from now.',
    );
  }
  const { path } = calls.prepare(execution, { ...address, args, kind: 'scheduled' });
  const size = measureCallValue(args);
  return calls.write(execution, (transaction, state) => {
    transaction.usage.countScheduled(size);
    const parentId = execution.request.jobId;
    const parent = parentId === null ? null : readJob(transaction, parentId);
    // An action that was canceled while it ran keeps running, but nothing that it schedules does.
    const kind = parent?.state.kind === 'canceled' ? 'canceled' : 'pending';
    const job = { path, args, scheduledTime: time, state: { kind } } as const;
    const id = createJob({ transaction, now: calls.clock.now() }, job);
    state.dueJobs.push({ id, time });
    return id;
  });
}

function cancel(
  execution: Execution,
  { id }: { id: string },
  calls: FunctionCalls,
): null | Promise<null> {
  return calls.write(execution, (transaction) => {
    const isSelf = execution.request.jobId === id && execution.state !== null;
    // The outcome of a mutation decides on its job's state.
    if (!isSelf) cancelJob({ transaction, now: calls.clock.now() }, id);
    return null;
  });
}
