/** The port to time: who waits or measures goes by it. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Runs `callback` once, `ms` from now, unless the function that it returns is called first. */
  after(ms: number, callback: () => void): () => void;
}
