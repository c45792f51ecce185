import { documentOf } from '../storage/documents.ts';
import { IndexScan } from './index-scan.ts';
import { OperatorChain } from './operator-chain.ts';
import type { DocumentJson, QueryStream } from '../transaction/transaction.ts';
import type { TransactionView } from '../transaction/transaction-view.ts';
import type { QueryPlan } from './query-plan.ts';

/** Runs a query one document at a time. */
export class DocumentStream implements QueryStream {
  readonly #chain: OperatorChain;
  #scan: IndexScan | null;

  constructor(view: TransactionView, { index, operators, ...range }: QueryPlan) {
    const [first] = operators;
    const expected = first !== undefined && 'limit' in first ? first.limit : undefined;
    this.#chain = new OperatorChain(operators);
    this.#scan = index === null ? null : new IndexScan(view, { index, ...range }, expected);
  }

  next(): DocumentJson | null {
    const json = this.nextJson();
    return json === null ? null : documentOf(json);
  }

  nextJson(): string | null {
    while (this.#scan !== null && !this.#chain.isExhausted) {
      const row = this.#scan.next();
      if (row === null) break;
      if (this.#chain.accepts(row.json)) return row.json;
    }
    this.close();
    return null;
  }

  close(): void {
    this.#scan = null;
  }
}
