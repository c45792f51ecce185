/** What was opened so far, closed once and in reverse order. */
export class CloseStack {
  readonly #steps: (() => void | Promise<void>)[] = [];
  #closing: Promise<void> | undefined;

  defer(step: () => void | Promise<void>): void {
    this.#steps.push(step);
  }

  /** Every step runs even if another one fails; the first failure is thrown at the end. */
  close(): Promise<void> {
    this.#closing ??= this.#closeAll();
    return this.#closing;
  }

  async #closeAll(): Promise<void> {
    const failures: unknown[] = [];
    for (const step of this.#steps.reverse()) {
      try {
        await step();
      } catch (error) {
        failures.push(error);
      }
    }
    if (failures.length > 0) throw failures[0];
  }
}
