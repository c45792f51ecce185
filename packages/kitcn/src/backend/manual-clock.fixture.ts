import type { Clock } from '../shared/clock.ts';

/** For tests: time that passes when it is told to. */
export class ManualClock implements Clock {
  #now: number;
  #waiting: { readonly at: number; readonly work: () => void }[] = [];

  constructor(now: number) {
    this.#now = now;
  }

  now(): number {
    return this.#now;
  }

  after(milliseconds: number, work: () => void): () => void {
    const entry = { at: this.#now + Math.max(milliseconds, 0), work };
    this.#waiting.push(entry);
    // What is due already does not wait for time to pass.
    if (entry.at === this.#now) setImmediate(() => this.moveTo(this.#now));
    return () => {
      this.#waiting = this.#waiting.filter((other) => other !== entry);
    };
  }

  /** Moves on to `time` and calls what is due by then, once each and in order. */
  moveTo(time: number): void {
    this.#now = time;
    const due = this.#waiting.filter(({ at }) => at <= time).sort((a, b) => a.at - b.at);
    this.#waiting = this.#waiting.filter(({ at }) => at > time);
    for (const { work } of due) work();
  }
}
