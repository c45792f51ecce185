import { BackendError } from '../backend-error.ts';
import type { Catalog } from '../storage/catalog.ts';
import type { Connection } from '../storage/connection.ts';
import type { ReadSet } from './read-set.ts';
import { TransactionUsage } from './transaction-usage.ts';

/** What the reads of one transaction share with its writes. */
export class TransactionView {
  catalog: Catalog;
  /** Grows with every write and rollback, so that open streams read anew. */
  changeCount = 0;
  /** Where reads are noted; `null` if nobody asks. */
  readonly reads: ReadSet | null;
  readonly usage: TransactionUsage = new TransactionUsage();
  #connection: Connection | null;

  constructor(connection: Connection, catalog: Catalog, reads: ReadSet | null = null) {
    this.#connection = connection;
    this.catalog = catalog;
    this.reads = reads;
  }

  /** Code `TransactionEnded` afterwards: a function may leave a read behind that it did not await. */
  get connection(): Connection {
    if (this.#connection !== null) return this.#connection;
    throw new BackendError(
      400,
      'TransactionEnded',
      'The transaction has ended. Await every database call before the function returns.',
    );
  }

  get isOpen(): boolean {
    return this.#connection !== null;
  }

  end(): void {
    this.#connection = null;
  }
}
