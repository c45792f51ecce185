import { encodeKeyPart } from '../values/key-part.ts';
import { indexKeyOf } from '../index/index-key.ts';
import type { KeyInterval } from '../index/key-interval.ts';
import type { DocumentJson } from '../transaction/transaction.ts';
import type { Index, Table } from './catalog.ts';
import type { Connection } from './connection.ts';

/** A document and the number of its row. */
export interface StoredDocument {
  readonly row: number;
  readonly document: DocumentJson;
}

/** One step of an index: its key, and the document's JSON text, not parsed yet. */
export interface IndexRow {
  readonly key: Uint8Array;
  readonly json: string;
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
  const found = connection.first<{ row: number; json: string }>(
    `SELECT d.row, d.json FROM index_entries e CROSS JOIN documents d ON d.row = e.document
     WHERE e.index_id = ? AND e.key = ?`,
    table.byId.id,
    encodeKeyPart(id),
  );
  return found === undefined ? null : { row: found.row, document: parseDocument(found.json) };
}

export function scanIndex(
  connection: Connection,
  { index, interval, isDescending, limit }: ScanRequest,
): IndexRow[] {
  const sql = isDescending ? SCAN_DESCENDING : SCAN_ASCENDING;
  return connection.all<IndexRow>(sql, index.id, interval.start, interval.end, limit);
}

export function countDocuments(connection: Connection, table: Table): number {
  const counted = connection.first<{ count: number }>(
    'SELECT count(*) AS count FROM index_entries WHERE index_id = ?',
    table.byId.id,
  );
  return counted?.count ?? 0;
}

export function insertDocument(connection: Connection, table: Table, document: DocumentJson): void {
  const { lastInsertRowid } = connection.run(
    'INSERT INTO documents (json) VALUES (?)',
    JSON.stringify(document),
  );
  for (const index of table.indexes.values()) {
    addIndexEntry(connection, index, { row: Number(lastInsertRowid), document });
  }
}

export function updateDocument(
  connection: Connection,
  table: Table,
  { stored, document }: { stored: StoredDocument; document: DocumentJson },
): void {
  connection.run(
    'UPDATE documents SET json = ? WHERE row = ?',
    JSON.stringify(document),
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

export function addIndexEntry(connection: Connection, index: Index, stored: StoredDocument): void {
  connection.run(INSERT_ENTRY, index.id, indexKeyOf(stored.document, index.paths), stored.row);
}

/** Every document was checked to be an object with the system fields before it was written. */
export function parseDocument(json: string): DocumentJson {
  return JSON.parse(json) as DocumentJson;
}

const INSERT_ENTRY = 'INSERT INTO index_entries (index_id, key, document) VALUES (?, ?, ?)';
const DELETE_ENTRY = 'DELETE FROM index_entries WHERE index_id = ? AND key = ?';

const SCAN = `SELECT e.key, d.json FROM index_entries e CROSS JOIN documents d ON d.row = e.document
  WHERE e.index_id = ? AND e.key >= ? AND e.key < ? ORDER BY e.key`;
const SCAN_ASCENDING = `${SCAN} LIMIT ?`;
const SCAN_DESCENDING = `${SCAN} DESC LIMIT ?`;
