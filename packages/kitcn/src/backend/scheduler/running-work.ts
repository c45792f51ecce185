/** What was started and has not ended. */
export class RunningWork {
  readonly #runs = new Set<Promise<void>>();

  get count(): number {
    return this.#runs.size;
  }

  /** @param run never rejects. */
  add(run: Promise<void>): void {
    this.#runs.add(run);
    void run.then(() => this.#runs.delete(run));
  }

  /** Resolves when nothing runs, also nothing that began meanwhile. */
  async settle(): Promise<void> {
    while (this.#runs.size > 0) await Promise.all(this.#runs);
  }
}
