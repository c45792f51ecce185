import type { InProcessHost } from '../backend/functions/in-process-host.ts';
import type { TestClock } from './test-clock.ts';
import { TestError } from './test-error.ts';

/** A scheduled function that waits for its time. */
export interface WaitingJob {
  id: string;
  /** `folder/module:export` */
  path: string;
  /** Milliseconds since the epoch. */
  time: number;
}

/** What came of moving the clock. */
export interface Advance {
  /** The jobs that are left for later, the next one first. */
  left: WaitingJob[];
}

/** More at one and the same moment means that something schedules itself at once, and for ever. */
const MOST_AT_ONCE = 1_000;

/** Moves the clock on, and runs what becomes due on the way, each at its own time and one after the other. */
export async function advance(
  { host, clock }: { host: InProcessHost; clock: TestClock },
  milliseconds: number,
): Promise<Advance> {
  if (!Number.isFinite(milliseconds) || milliseconds < 0) {
    throw new TestError(
      'BAD_TIME',
      `clock.advance takes milliseconds from 0 up, not ${milliseconds}.`,
    );
  }
  const end = clock.now() + milliseconds;
  await host.settle();
  let moment = clock.now();
  let atOnce = 0;
  while (clock.step(end)) {
    await host.settle();
    atOnce = clock.now() === moment ? atOnce + 1 : 0;
    moment = clock.now();
    if (atOnce > MOST_AT_ONCE) throw endless(await waitingJobs(host));
  }
  return { left: await waitingJobs(host) };
}

async function waitingJobs(host: InProcessHost): Promise<WaitingJob[]> {
  const jobs = await host.pendingJobs();
  return jobs.map(({ id, path, scheduledTime: time }) => ({ id, path, time }));
}

function endless([next]: readonly WaitingJob[]): TestError {
  return new TestError(
    'ENDLESS_JOBS',
    `The clock cannot move on: ${MOST_AT_ONCE} functions were due at one moment, and there are more. Next: ${next?.path ?? 'a cron'}. Does it schedule itself at once?`,
  );
}
