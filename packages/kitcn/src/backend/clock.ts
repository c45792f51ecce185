/** Time as the backend sees it, so that an embedder or a test can bring its own. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Calls `work` once, so many milliseconds from now. The answer calls it off. */
  after(milliseconds: number, work: () => void): () => void;
}

/** `setTimeout` cannot wait longer. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

export const systemClock: Clock = {
  now: () => Date.now(),
  after(milliseconds, work) {
    let timer: NodeJS.Timeout;
    const wait = (left: number): void => {
      const part = Math.min(Math.max(Math.ceil(left), 0), LONGEST_TIMER_MS);
      timer = setTimeout(() => (left > part ? wait(left - part) : work()), part);
    };
    wait(milliseconds);
    return () => clearTimeout(timer);
  },
};
