import { encodeKeyPart } from '../values/key-part.ts';
import { indexKeyOf } from '../index/index-key.ts';
import { measureValue } from '../values/value-limits.ts';
import type { KeyInterval } from '../index/key-interval.ts';
import type { DocumentJson } from '../transaction/transaction.ts';
import type { Index, Table } from './catalog.ts';
import type { Connection } from './connection.ts';

/** A document and the number of its row. */
export interface StoredDocument {
  readonly row: number;
  readonly document: DocumentJson;
  /** In bytes, as Convex counts them. */
  readonly size: number;
}

/** A document as it is to be written, and its size in bytes. */
export type NewVersion = Omit<StoredDocument, 'row'>;

/** One step of an index: the document's JSON text, not parsed yet. `keyOf` has its key, which few ask for. */
export interface IndexRow {
  readonly json: string;
  /** Of the document, in bytes as Convex counts them. */
  readonly size: number;
}

export interface ScanRequest {
  readonly index: Index;
  readonly interval: KeyInterval;
  readonly isDescending: boolean;
  readonly limit: number;
}

export function findDocument(
  connection: Connection,
  table: Table,
  id: string,
): StoredDocument | null {
  const found = connection.first<{ row: number; json: string | null; size: number }>(
    `SELECT e.document AS row, d.json, d.size FROM index_entries e LEFT JOIN documents d ON d.row = e.document
     WHERE e.index_id = ? AND e.key = ?`,
    table.byId.id,
    encodeKeyPart(id),
  );
  if (found === undefined) return null;
  return { row: found.row, document: parseDocument(connection, found.json), size: found.size };
}

export function scanIndex(
  connection: Connection,
  { index, interval, isDescending, limit }: ScanRequest,
): IndexRow[] {
  const sql = isDescending ? SCAN_DESCENDING : SCAN_ASCENDING;
  const { start, end } = interval;
  const rows = connection.all<IndexRow & { isJson: number }>(sql, index.id, start, end, limit);
  // Functions get the text as it is, and what is damaged must not look like a mistake of theirs.
  for (const { json, isJson } of rows) if (isJson !== 1) parseDocument(connection, json);
  return rows;
}

/** The place of a row in the index that it was read from: cheaper than to read it with every row. */
export function keyOf({ json }: IndexRow, { paths }: Index): Uint8Array {
  return indexKeyOf(documentOf(json), paths);
}

export function countDocuments(connection: Connection, table: Table): number {
  const counted = connection.first<{ count: number }>(
    'SELECT count(*) AS count FROM index_entries WHERE index_id = ?',
    table.byId.id,
  );
  return counted?.count ?? 0;
}

export function insertDocument(
  connection: Connection,
  table: Table,
  { document, size }: NewVersion,
): void {
  const { lastInsertRowid } = connection.run(
    'INSERT INTO documents (json, size) VALUES (?, ?)',
    JSON.stringify(document),
    size,
  );
  for (const index of table.indexes.values()) {
    addIndexEntry(connection, index, { row: Number(lastInsertRowid), document });
  }
}

export function updateDocument(
  connection: Connection,
  table: Table,
  { stored, document, size }: NewVersion & { readonly stored: StoredDocument },
): void {
  connection.run(
    'UPDATE documents SET json = ?, size = ? WHERE row = ?',
    JSON.stringify(document),
    size,
    stored.row,
  );
  for (const index of table.indexes.values()) {
    const before = indexKeyOf(stored.document, index.paths);
    const after = indexKeyOf(document, index.paths);
    if (before.equals(after)) continue;
    connection.run(DELETE_ENTRY, index.id, before);
    connection.run(INSERT_ENTRY, index.id, after, stored.row);
  }
}

export function deleteDocument(connection: Connection, table: Table, stored: StoredDocument): void {
  connection.run('DELETE FROM documents WHERE row = ?', stored.row);
  for (const index of table.indexes.values()) {
    connection.run(DELETE_ENTRY, index.id, indexKeyOf(stored.document, index.paths));
  }
}

export function addIndexEntry(
  connection: Connection,
  index: Index,
  stored: Omit<StoredDocument, 'size'>,
): void {
  connection.run(INSERT_ENTRY, index.id, indexKeyOf(stored.document, index.paths), stored.row);
}

/** Gives every row the size of its document. */
export function measureStoredDocuments(connection: Connection): void {
  for (let last = 0; ;) {
    const rows = connection.all<{ row: number; json: string }>(
      'SELECT row, json FROM documents WHERE row > ? ORDER BY row LIMIT 256',
      last,
    );
    for (const { row, json } of rows) {
      const size = measureValue(parseDocument(connection, json), DEEPEST);
      connection.run('UPDATE documents SET size = ? WHERE row = ?', size, row);
      last = row;
    }
    if (rows.length === 0) return;
  }
}

/** A stored document, `null` for one that an index has and that is not there. Code `DatabaseDamaged`. */
export function parseDocument(connection: Connection, json: string | null): DocumentJson {
  if (json === null) throw connection.damaged('a document that an index has is missing');
  try {
    // Every document was checked to be an object with the system fields before it was written.
    return JSON.parse(json) as DocumentJson;
  } catch (error) {
    throw connection.damaged(`a document is no JSON: ${String(error)}`);
  }
}

/** The document of a row of an index, which was seen to be JSON. */
export function documentOf(json: string): DocumentJson {
  return JSON.parse(json) as DocumentJson;
}

/** No stored document is nested deeper. */
const DEEPEST = 128;

const INSERT_ENTRY = 'INSERT INTO index_entries (index_id, key, document) VALUES (?, ?, ?)';
const DELETE_ENTRY = 'DELETE FROM index_entries WHERE index_id = ? AND key = ?';

const SCAN = `SELECT d.json, d.size, json_valid(d.json) AS isJson FROM index_entries e LEFT JOIN documents d ON d.row = e.document
  WHERE e.index_id = ? AND e.key >= ? AND e.key < ? ORDER BY e.key`;
const SCAN_ASCENDING = `${SCAN} LIMIT ?`;
const SCAN_DESCENDING = `${SCAN} DESC LIMIT ?`;
