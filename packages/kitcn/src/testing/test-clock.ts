import type { Clock } from '../shared/clock.ts';

/** Work that waits for its time. */
interface Waiting {
  readonly at: number;
  readonly work: () => void;
}

/** Time that stands still until it is moved. */
export class TestClock implements Clock {
  #now: number;
  readonly #waiting = new Set<Waiting>();

  /** @param now milliseconds since the epoch. */
  constructor(now: number) {
    this.#now = now;
  }

  now(): number {
    return this.#now;
  }

  after(milliseconds: number, work: () => void): () => void {
    const entry = { at: this.#now + Math.max(milliseconds, 0), work };
    this.#waiting.add(entry);
    return () => void this.#waiting.delete(entry);
  }

  /** Moves on to the next moment at which something waits, does it, and says so; not past `limit`. */
  step(limit: number): boolean {
    let next: Waiting | undefined;
    for (const entry of this.#waiting) {
      if (entry.at <= limit && entry.at < (next?.at ?? Infinity)) next = entry;
    }
    if (next === undefined) {
      this.#now = Math.max(this.#now, limit);
      return false;
    }
    this.#waiting.delete(next);
    this.#now = Math.max(this.#now, next.at);
    next.work();
    return true;
  }
}
