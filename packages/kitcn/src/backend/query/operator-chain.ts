import { documentOf } from '../storage/documents.ts';
import type { DocumentJson } from '../transaction/transaction.ts';
import type { Operator } from './query-plan.ts';

/** The filters and limits of one running query, in the order they were written. */
export class OperatorChain {
  readonly #operators: readonly Operator[];
  /** How many documents each limit has let through; unused for filters. */
  readonly #passed: number[];

  constructor(operators: readonly Operator[]) {
    this.#operators = operators;
    this.#passed = operators.map(() => 0);
  }

  /** Whether some limit is reached, so that no further document can pass. */
  get isExhausted(): boolean {
    return this.#operators.some(
      (operator, index) => 'limit' in operator && (this.#passed[index] ?? 0) >= operator.limit,
    );
  }

  /** Offers one document as JSON text, which is parsed only if there is a filter to look at it. */
  accepts(json: string): boolean {
    let document: DocumentJson | undefined;
    for (const [index, operator] of this.#operators.entries()) {
      if ('filter' in operator) {
        document ??= documentOf(json);
        if (operator.filter(document) !== true) return false;
      } else {
        this.#passed[index] = (this.#passed[index] ?? 0) + 1;
      }
    }
    return true;
  }
}
