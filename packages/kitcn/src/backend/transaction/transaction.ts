import type { JSONValue } from 'convex/values';
import type { Table } from '../storage/catalog.ts';
import type { Connection } from '../storage/connection.ts';
import type { StoredDocument } from '../storage/documents.ts';
import type { SessionOutcome, SessionRequest } from '../storage/session-requests.ts';
import type { ReadSet } from './read-set.ts';
import type { TransactionUsage } from './transaction-usage.ts';

/** A stored document as Convex-encoded JSON, `_id` and `_creationTime` included. */
export type DocumentJson = Record<string, JSONValue> & { _id: string; _creationTime: number };

/** One condition of an index range, as `convex/server` sends it; `{"$undefined":null}` stands for a missing field. */
export interface RangeExpression {
  type: 'Eq' | 'Gt' | 'Gte' | 'Lt' | 'Lte';
  fieldPath: string;
  value: JSONValue;
}

export type QuerySource =
  | { type: 'FullTableScan'; tableName: string; order: 'asc' | 'desc' | null }
  | {
      type: 'IndexRange';
      /** `table.index` */
      indexName: string;
      range: readonly RangeExpression[];
      order: 'asc' | 'desc' | null;
    }
  | { type: 'Search'; indexName: string; filters: readonly JSONValue[] };

export type QueryOperator = { filter: JSONValue } | { limit: number };

/** The `query` object of the `queryStream` and `queryPage` calls of `convex/server`. */
export interface QueryJson {
  source: QuerySource;
  operators: readonly QueryOperator[];
}

/** Documents of one query in order. Reading it costs one step of the index for each document. */
export interface QueryStream {
  next(): DocumentJson | null;
  /** The same as the JSON text that is stored. */
  nextJson(): string | null;
  close(): void;
}

export interface PageRequest {
  query: QueryJson;
  cursor: string | null;
  endCursor: string | null;
  pageSize: number;
  maximumRowsRead: number | null;
  maximumBytesRead?: number | null;
}

export interface PageResult {
  page: DocumentJson[];
  isDone: boolean;
  continueCursor: string;
  splitCursor: string | null;
  pageStatus: null | 'SplitRecommended' | 'SplitRequired';
}

/** Which tables a caller may reach: `ctx.db` or `ctx.db.system`. */
export type TableScope = 'user' | 'system';

/** Reads of one snapshot. All errors are `BackendError`s with Convex's codes. */
export interface ReadTransaction {
  /** Time of the snapshot: nanoseconds since the epoch, never goes back. */
  readonly timestamp: bigint;
  /** What it has done of what it may do; reads and writes of system tables do not count. */
  readonly usage: TransactionUsage;
  /** `null` for an unknown id; an id of another table than `table` is an error. */
  get(id: string, scope: TableScope, table?: string): DocumentJson | null;
  normalizeId(table: string, id: string, scope: TableScope): string | null;
  /** What the ids of a table begin with, for `validateValue`; `null` for an unknown table. */
  tableNumberOf(table: string): number | null;
  query(query: QueryJson, scope: TableScope): QueryStream;
  queryPage(request: PageRequest, scope: TableScope): PageResult;
  count(table: string): number;
  /** Ends the snapshot of a read transaction; rolls back a write transaction that was not committed. */
  end(): void;
}

/** A read transaction of its own, which many functions can share. */
export interface Snapshot extends ReadTransaction {
  /** The same state, and what is read of it is noted in `reads`. Ends before the snapshot does. */
  recording(reads: ReadSet): ReadTransaction;
}

/** One write: `before` is `null` for a new document, `after` for one that was removed. */
export interface DocumentChange {
  readonly table: Table;
  readonly before: StoredDocument | null;
  readonly after: DocumentJson | null;
}

/** All that a write transaction changed. */
export interface ChangeSet {
  readonly documents: readonly DocumentChange[];
  readonly createdTable: boolean;
}

/** The one writer. Values are Convex-encoded JSON, validated against the schema before they are stored. */
export interface WriteTransaction extends ReadTransaction {
  insert(table: string, value: JSONValue, scope?: TableScope): string;
  /** Shallow merge; a field whose value is `{"$undefined":null}` is removed. Answers the new document. */
  patch(id: string, value: JSONValue, table?: string, scope?: TableScope): DocumentJson;
  replace(id: string, value: JSONValue, table?: string, scope?: TableScope): DocumentJson;
  /** Answers the document that was removed. */
  remove(id: string, table?: string, scope?: TableScope): DocumentJson;
  /** What was written so far, without what was rolled back. */
  readonly changes: ChangeSet;
  /** What a write failed with for which no function is to blame (the disk is full); `null` as long as none has. */
  readonly failure: unknown;
  /** What an earlier run of this request did; then it must not run again. */
  findOutcome(request: SessionRequest): SessionOutcome | null;
  /** Keeps what this transaction answers to a request, if and when it commits. */
  keepOutcome(request: SessionRequest, answer: SessionOutcome['answer']): void;
  /** Forgets what requests did that no client sends any more. */
  dropOldOutcomes(): void;
  /** The timestamp that it will commit at, which its own documents may have in them. */
  reserveTimestamp(): bigint;
  /** `null` as long as nobody asked. */
  readonly reservedTimestamp: bigint | null;
  /** SQLite, for what the backend keeps besides documents. */
  readonly connection: Connection;
  /** Makes the commit move time on even if nothing is written. */
  touch(): void;
  /** Starts a sub-transaction; exactly one of the two functions must be called, innermost first. */
  savepoint(): { release(): void; rollback(): void };
  /** Durable once its group is, or once this returns if it is alone. Answers the commit timestamp. */
  commit(): bigint;
}
