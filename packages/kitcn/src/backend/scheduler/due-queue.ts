import type { DueJob } from '../functions/execution.ts';

/** Jobs by the time at which they are due; those due at once in the order in which they came. */
export class DueQueue {
  readonly #jobs: DueJob[] = [];

  add(job: DueJob): void {
    let low = 0;
    let high = this.#jobs.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#jobs[middle]?.time ?? Infinity) <= job.time) low = middle + 1;
      else high = middle;
    }
    this.#jobs.splice(low, 0, job);
  }

  /** When the first job is due; `null` if there is none. */
  get nextTime(): number | null {
    return this.#jobs[0]?.time ?? null;
  }

  /** The first job, if it is due at `now`. */
  take(now: number): DueJob | undefined {
    const first = this.#jobs[0];
    return first !== undefined && first.time <= now ? this.#jobs.shift() : undefined;
  }
}
