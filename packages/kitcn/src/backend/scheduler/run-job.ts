import type { Clock } from '../../shared/clock.ts';
import type { RequestState } from '../functions/execution.ts';
import { FunctionFailure } from '../functions/function-failure.ts';
import type { FunctionRunner, Invocation } from '../functions/function-runner.ts';
import type { Transactions } from '../functions/transactions.ts';
import type { ReadTransaction } from '../transaction/transaction.ts';
import { readJob, setJobState } from './job.ts';
import type { Job, JobState } from './job.ts';

/** What running something in the background needs. */
export interface BackgroundRun {
  transactions: Transactions;
  runner: FunctionRunner;
  clock: Clock;
  /** Throws `FunctionFailure` if the function is not there any more. */
  prepare(call: Pick<Job, 'path' | 'args'>): Invocation;
  onFailure(path: string, failure: FunctionFailure): void;
}

/**
 * Runs a job that is pending and leaves its outcome in the table. A mutation commits together with its outcome, so it
 * happens exactly once; an action is marked before it starts, so it happens at most once.
 */
export async function runJob(request: RequestState, run: BackgroundRun): Promise<void> {
  const id = request.jobId ?? '';
  const job = await run.transactions.read(({ transaction }) => pendingJob(transaction, id));
  if (job === null) return;
  try {
    const invocation = run.prepare(job);
    if (invocation.target.kind === 'action') await runActionJob(id, invocation, run);
    else await runMutationJob(id, invocation, run);
  } catch (error) {
    if (error instanceof JobNotPending) return;
    if (!(error instanceof FunctionFailure)) throw error;
    run.onFailure(job.path, error);
    await finishJob(id, { kind: 'failed', error: error.message }, run);
  }
}

/** Sets the state of a job unless it is over. */
export function finishJob(
  id: string,
  state: JobState,
  { transactions, clock }: Pick<BackgroundRun, 'transactions' | 'clock'>,
): Promise<void> {
  return transactions.write(({ transaction }) => {
    const kind = readJob(transaction, id)?.state.kind;
    if (kind !== 'pending' && kind !== 'inProgress') return;
    setJobState({ transaction, now: clock.now() }, id, state);
  });
}

async function runMutationJob(
  id: string,
  invocation: Invocation,
  run: BackgroundRun,
): Promise<void> {
  await run.runner.runMutation(invocation, {
    before({ transaction }) {
      if (pendingJob(transaction, id) === null) throw new JobNotPending();
      setJobState({ transaction, now: run.clock.now() }, id, { kind: 'inProgress' });
    },
    after({ transaction }) {
      setJobState({ transaction, now: run.clock.now() }, id, { kind: 'success' });
    },
  });
}

async function runActionJob(id: string, invocation: Invocation, run: BackgroundRun): Promise<void> {
  await run.transactions.write(({ transaction }) => {
    if (pendingJob(transaction, id) === null) throw new JobNotPending();
    setJobState({ transaction, now: run.clock.now() }, id, { kind: 'inProgress' });
  });
  await run.runner.runAction(invocation);
  await finishJob(id, { kind: 'success' }, run);
}

function pendingJob(transaction: ReadTransaction, id: string): Job | null {
  const job = readJob(transaction, id);
  return job?.state.kind === 'pending' ? job : null;
}

/** It was canceled while it waited for its turn. */
class JobNotPending extends Error {
  override readonly name = 'JobNotPending';
}
