import type { InProcessHost } from '../backend/functions/in-process-host.ts';
import { TestError } from './test-error.ts';

/** Moves time on and runs what is due, round by round, until no job is left that time can reach. */
export async function drainJobs(
  host: InProcessHost,
  advanceTimers: () => void,
  maxIterations: number,
): Promise<void> {
  let before = '';
  for (let round = 0; round < maxIterations; round += 1) {
    advanceTimers();
    host.runDueJobs();
    await host.settle();
    const left = await host.pendingJobs();
    const [next] = left;
    if (next === undefined) return;
    const after = left.map(({ id }) => id).join();
    // Scheduled by a clock that the timers do not move, and not due by it.
    if (after === before && next.scheduledTime > Date.now()) return;
    before = after;
  }
  const left = await host.pendingJobs();
  if (left.length === 0) return;
  const paths = [...new Set(left.map(({ path }) => path))].sort().join(', ');
  throw new TestError(
    'ENDLESS_JOBS',
    `${left.length} scheduled function(s) are left after ${maxIterations} rounds: ${paths}. Does one schedule itself for ever?`,
  );
}
