import type { TransactionState } from './execution.ts';
import { FunctionFailure } from './function-failure.ts';

/** How long they are not run again, unless the code changes. */
const REFUSE_MS = 60_000;

/** Watched queries that took the last thread down: they would do it to each new one. */
export class LostQueries {
  readonly #messages: ReadonlyMap<number, string>;
  readonly #startedAt = performance.now();
  #isOver = false;

  /** @param messages what they failed with, by their number on the activity board. */
  constructor(messages: ReadonlyMap<number, string>) {
    this.#messages = messages;
  }

  /** There is other code, which may be better. */
  forget(): void {
    this.#isOver = true;
  }

  /** Throws if the query is one of them. */
  refuse(activityId: number, { observed }: TransactionState): void {
    const message = this.#messages.get(activityId);
    const isOver = this.#isOver || performance.now() - this.#startedAt > REFUSE_MS;
    if (message === undefined || isOver) return;
    // The answer is not that of the same query a minute later.
    observed.clock = true;
    throw new FunctionFailure(message);
  }
}
