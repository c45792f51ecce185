import { performance } from 'node:perf_hooks';

/** Convex's limit for the code of a query or mutation itself; milliseconds. */
export const USER_TIME_MS = 1_000;

/** Shorter stretches count as they are, without asking for the processor's time, which costs a system call. */
const STRETCH_MS = 1;

// Bound before functions of a test hook it.
const wallNow = performance.now.bind(performance);

/** Processor time of this thread in milliseconds; Node 22 and Bun do not tell. */
const processorNow: (() => number) | null =
  'threadCpuUsage' in process
    ? () => {
        const { user, system } = process.threadCpuUsage();
        return (user + system) / 1_000;
      }
    : null;

/** One for the thread. */
const thread = {
  /** Whose code was last let go on, and since when. */
  running: null as UserTime | null,
  since: 0,
  /** When the processor was last asked, by the wall, and what it said; at most a stretch before `since`. */
  askedAt: -Infinity,
  answer: 0,
};

/**
 * Counts the time that the code of one transaction takes of the processor: what the backend does for it, and what else
 * a busy machine does, is not on its bill. Code of several transactions takes turns on one thread; what cannot be told
 * apart is on nobody's.
 */
export class UserTime {
  #spentMs = 0;

  get isExceeded(): boolean {
    return this.#spentMs > USER_TIME_MS;
  }

  /** The code goes on, or may. */
  resume(): void {
    const now = wallNow();
    this.#charge(now);
    thread.running = this;
    thread.since = now;
    if (processorNow === null || now - thread.askedAt < STRETCH_MS) return;
    thread.answer = processorNow();
    thread.askedAt = now;
  }

  /** The code has stopped, or asks the backend for something. */
  pause(): void {
    this.#charge(wallNow());
    thread.running = null;
  }

  #charge(now: number): void {
    if (thread.running !== this || processorNow === null) return;
    const passed = now - thread.since;
    if (passed < STRETCH_MS) {
      this.#spentMs += passed;
      return;
    }
    const answer = processorNow();
    this.#spentMs += Math.min(passed, answer - thread.answer);
    thread.answer = answer;
    thread.askedAt = now;
  }
}
