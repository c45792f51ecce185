/** Time as the backend sees it, so that an embedder or a test can bring its own. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Calls `work` once, so many milliseconds from now. The answer calls it off. */
  after(milliseconds: number, work: () => void): () => void;
}

/** Timers do not notice that the clock was put forward, as it is after the machine slept. */
const LONGEST_TIMER_MS = 30_000;

export const systemClock: Clock = {
  now: () => Date.now(),
  after(milliseconds, work) {
    const [due, end] = [Date.now() + milliseconds, performance.now() + milliseconds];
    let timer: NodeJS.Timeout;
    const wait = (left: number): void => {
      const isLast = left <= LONGEST_TIMER_MS;
      const part = isLast ? Math.max(Math.ceil(left), 0) : LONGEST_TIMER_MS;
      timer = setTimeout(() => {
        if (isLast) work();
        else wait(Math.min(due - Date.now(), end - performance.now()));
      }, part);
    };
    wait(milliseconds);
    return () => clearTimeout(timer);
  },
};
