import { BackendError } from '../backend-error.ts';
import { countDocuments, findDocument, scanIndex } from '../storage/documents.ts';
import type { Catalog, Table } from '../storage/catalog.ts';
import type { Connection } from '../storage/connection.ts';
import type { IndexRow, ScanRequest, StoredDocument } from '../storage/documents.ts';
import type { PastDocuments } from './past-documents.ts';
import type { ReadSet } from './read-set.ts';
import { TransactionUsage } from './transaction-usage.ts';
import type { TransactionLimits } from './transaction-usage.ts';

export interface ViewOptions {
  readonly reads?: ReadSet | null;
  readonly past?: PastDocuments | null;
  /** Default: Convex's. */
  readonly limits?: TransactionLimits | undefined;
}

/** What the reads of one transaction share with its writes. */
export class TransactionView {
  catalog: Catalog;
  /** Grows with every write and rollback, so that open streams read anew. */
  changeCount = 0;
  /** Where reads are noted; `null` if nobody asks. */
  readonly reads: ReadSet | null;
  readonly limits: TransactionLimits | undefined;
  readonly usage: TransactionUsage;
  /** The documents of a former state; `null` for those that the connection sees. */
  readonly past: PastDocuments | null;
  #connection: Connection | null;

  constructor(connection: Connection, catalog: Catalog, options: ViewOptions = {}) {
    this.#connection = connection;
    this.catalog = catalog;
    this.reads = options.reads ?? null;
    this.past = options.past ?? null;
    this.limits = options.limits;
    this.usage = new TransactionUsage(options.limits);
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

  find(table: Table, id: string): StoredDocument | null {
    const { connection, past } = this;
    return past === null ? findDocument(connection, table, id) : past.find(table, id);
  }

  scan(request: ScanRequest): IndexRow[] {
    const { connection, past } = this;
    return past === null ? scanIndex(connection, request) : past.scan(request);
  }

  count(table: Table): number {
    const { connection, past } = this;
    return past === null ? countDocuments(connection, table) : past.count(table);
  }

  get isOpen(): boolean {
    return this.#connection !== null;
  }

  end(): void {
    this.#connection = null;
  }
}
