import { BackendError } from '../backend-error.ts';
import { DocumentStream } from '../query/document-stream.ts';
import { readPage } from '../query/page.ts';
import { planQuery } from '../query/query-plan.ts';
import type { QueryPlan } from '../query/query-plan.ts';
import { afterPrefix } from '../index/key-interval.ts';
import { encodeKeyPart } from '../values/key-part.ts';
import { decodeDocumentId } from '../values/document-id.ts';
import { assertHasRows, assertScope, tableInScope } from './table-scope.ts';
import type { Table } from '../storage/catalog.ts';
import type { StoredDocument } from '../storage/documents.ts';
import type { TransactionUsage } from './transaction-usage.ts';
import type { TransactionView } from './transaction-view.ts';
import type {
  DocumentJson,
  PageRequest,
  PageResult,
  QueryJson,
  QuerySource,
  QueryStream,
  TableScope,
} from './transaction.ts';

/** Which document an operation is about, and on whose behalf. */
export interface DocumentAddress {
  readonly id: string;
  readonly scope: TableScope;
  /** The table that the caller says the id is of. */
  readonly table: string | undefined;
  /** The operation's name for messages, as `get`. */
  readonly operation: string;
}

const WHOLE_INDEX = { start: Buffer.alloc(0), end: afterPrefix(Buffer.alloc(0)) };

/** The reads that both kinds of transaction have. */
export class DocumentReader {
  readonly #view: TransactionView;

  constructor(view: TransactionView) {
    this.#view = view;
  }

  get usage(): TransactionUsage {
    return this.#view.usage;
  }

  get(id: string, scope: TableScope, table?: string): DocumentJson | null {
    const found = findAddressed(this.#view, { id, scope, table, operation: 'get' });
    return found?.stored.document ?? null;
  }

  normalizeId(table: string, id: string, scope: TableScope): string | null {
    const number = tableInScope(this.#view.catalog, table, scope)?.number;
    if (number === undefined) this.#missTable();
    return number !== undefined && decodeDocumentId(id)?.tableNumber === number ? id : null;
  }

  tableNumberOf(table: string): number | null {
    const found = this.#view.catalog.byName.get(table);
    if (found === undefined) this.#missTable();
    return found?.number ?? null;
  }

  query(query: QueryJson, scope: TableScope): QueryStream {
    return new DocumentStream(this.#view, this.#plan(query, scope));
  }

  queryPage(request: PageRequest, scope: TableScope): PageResult {
    return readPage(this.#view, request, this.#plan(request.query, scope));
  }

  count(table: string): number {
    const found = this.#view.catalog.byName.get(table);
    if (found === undefined) {
      this.#missTable();
      return 0;
    }
    this.#view.usage.countQuery();
    this.#view.reads?.addInterval(found.byId.id, WHOLE_INDEX);
    return this.#view.count(found);
  }

  #plan(query: QueryJson, scope: TableScope): QueryPlan {
    const { catalog, reads } = this.#view;
    assertHasRows(tableNameOf(query.source));
    if (reads !== null && !catalog.byName.has(tableNameOf(query.source))) this.#missTable();
    return planQuery(query, catalog, scope);
  }

  #missTable(): void {
    const { reads } = this.#view;
    if (reads !== null) reads.missedTable = true;
  }
}

/** Finds a document by id. `null` if it does not exist; an id of another table than `table` is an error. */
export function findAddressed(
  view: TransactionView,
  address: DocumentAddress,
): { table: Table; stored: StoredDocument } | null {
  const { id, scope } = address;
  const decoded = typeof id === 'string' ? decodeDocumentId(id) : null;
  if (decoded === null) throw invalidId(address, 'it is not an ID');
  if (address.table !== undefined) assertScope(address.table, scope);
  const table = view.catalog.byNumber.get(decoded.tableNumber);
  if (table === undefined) {
    if (view.reads !== null) view.reads.missedTable = true;
    return null;
  }
  if (address.table !== undefined && address.table !== table.name) {
    throw invalidId(address, `it is an ID of table "${table.name}", not of "${address.table}"`);
  }
  assertScope(table.name, scope);
  assertHasRows(table.name);
  const usage = scope === 'user' ? view.usage : null;
  usage?.countQuery();
  view.reads?.addKey(table.byId.id, encodeKeyPart(id));
  const stored = view.find(table, id);
  if (stored === null) return null;
  usage?.countRead(stored.size);
  return { table, stored };
}

function invalidId({ id, operation }: DocumentAddress, reason: string): BackendError {
  return new BackendError(
    400,
    'InvalidArgument',
    `Invalid argument \`id\` for \`db.${operation}\`: Unable to use ${JSON.stringify(id)}: ${reason}.`,
  );
}

function tableNameOf(source: QuerySource): string {
  if (source.type === 'FullTableScan') return source.tableName;
  return source.indexName.slice(0, source.indexName.indexOf('.'));
}
