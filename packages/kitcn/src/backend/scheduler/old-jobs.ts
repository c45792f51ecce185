import type { WriteTransaction } from '../transaction/transaction.ts';
import { JOBS_TABLE, jobsInState } from './job.ts';

const KEEP_FINISHED_MS = 7 * 24 * 60 * 60 * 1000;
/** The writer is not held up for longer than this many rows take. */
const MOST_AT_ONCE = 1_000;

/** Forgets jobs that were over a week ago, as Convex does. Whether there may be more of them. */
export function removeOldJobs(transaction: WriteTransaction, now: number): boolean {
  const oldest = now - KEEP_FINISHED_MS;
  const old: string[] = [];
  for (const kind of ['success', 'failed', 'canceled'] as const) {
    for (const { id, scheduledTime, completedTime } of jobsInState(transaction, kind)) {
      // Only what was canceled can be over before its time.
      if (old.length === MOST_AT_ONCE || (scheduledTime >= oldest && kind !== 'canceled')) break;
      if ((completedTime ?? scheduledTime) < oldest) old.push(id);
    }
  }
  for (const id of old) transaction.remove(id, JOBS_TABLE, 'system');
  return old.length === MOST_AT_ONCE;
}
