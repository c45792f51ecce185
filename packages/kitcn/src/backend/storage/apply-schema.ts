import { BackendError } from '../backend-error.ts';
import { TIEBREAKERS } from '../index/index-key.ts';
import { validateValue } from '../values/validate-value.ts';
import { addIndexEntry, parseDocument } from './documents.ts';
import { createIndex, createUserTable, isSystemTable, loadCatalog } from './catalog.ts';
import { userFieldsOf } from './user-fields.ts';
import type { IndexSchema, Schema } from '../schema/schema.ts';
import type { Catalog, Index, Table } from './catalog.ts';
import type { Connection } from './connection.ts';
import type { StoredDocument } from './documents.ts';

const BATCH_SIZE = 256;

/**
 * Makes the stored tables and indexes those of `schema`, inside a transaction of the caller. Code
 * `SchemaValidationFailed` if a document does not match; the caller rolls back.
 */
export function migrateToSchema(connection: Connection, schema: Schema | null): Catalog {
  const previous = loadCatalog(connection);
  connection.run('UPDATE meta SET schema = ?', schema === null ? null : JSON.stringify(schema));
  let catalog = loadCatalog(connection);
  for (const { name } of schema?.tables ?? []) {
    if (!catalog.byName.has(name)) catalog = createUserTable(connection, catalog, name);
  }
  for (const table of catalog.byName.values()) {
    if (isSystemTable(table.name)) continue;
    validateDocuments(connection, { catalog, table, previous: previous.byName.get(table.name) });
    const declared = schema?.tables.find(({ name }) => name === table.name);
    migrateIndexes(connection, table, declared?.indexes ?? []);
  }
  return loadCatalog(connection);
}

function validateDocuments(
  connection: Connection,
  { catalog, table, previous }: { catalog: Catalog; table: Table; previous: Table | undefined },
): void {
  const { validator } = table;
  if (validator === null) return;
  // What this same validator let in need not be read again.
  if (JSON.stringify(validator) === JSON.stringify(previous?.validator)) return;
  const context = { tableNumberOf: (name: string) => catalog.byName.get(name)?.number ?? null };
  for (const { document } of documentsOf(connection, table)) {
    const failure = validateValue(validator, userFieldsOf(document), context);
    if (failure === null) continue;
    throw new BackendError(
      400,
      'SchemaValidationFailed',
      `Schema validation failed. Document with ID "${document._id}" in table "${table.name}" does not match the schema: ${failure.message}`,
    );
  }
}

function migrateIndexes(
  connection: Connection,
  table: Table,
  declared: readonly IndexSchema[],
): void {
  const kept = new Set([table.byId, table.byCreationTime]);
  const missing: IndexSchema[] = [];
  for (const { name, fields } of declared) {
    const wanted = { name, fields: [...fields, ...TIEBREAKERS] };
    const existing = table.indexes.get(name);
    if (existing !== undefined && existing.fields.join() === wanted.fields.join()) {
      kept.add(existing);
    } else {
      missing.push(wanted);
    }
  }
  for (const index of table.indexes.values()) {
    if (!kept.has(index)) dropIndex(connection, index);
  }
  const added = missing.map((index) => createIndex(connection, table.number, index));
  if (added.length === 0) return;
  for (const stored of documentsOf(connection, table)) {
    for (const index of added) addIndexEntry(connection, index, stored);
  }
}

function dropIndex(connection: Connection, index: Index): void {
  connection.run('DELETE FROM index_entries WHERE index_id = ?', index.id);
  connection.run('DELETE FROM indexes WHERE id = ?', index.id);
}

/** All documents of a table, in batches, so that the loop may write. */
function* documentsOf(
  connection: Connection,
  table: Table,
): Generator<Omit<StoredDocument, 'size'>> {
  let after: Uint8Array = Buffer.alloc(0);
  for (;;) {
    const rows = connection.all<{ key: Uint8Array; row: number; json: string }>(
      `SELECT e.key, d.row, d.json FROM index_entries e CROSS JOIN documents d ON d.row = e.document
       WHERE e.index_id = ? AND e.key > ? ORDER BY e.key LIMIT ${BATCH_SIZE}`,
      table.byId.id,
      after,
    );
    for (const { row, json } of rows) yield { row, document: parseDocument(json) };
    const last = rows.at(-1);
    if (last === undefined) return;
    after = last.key;
  }
}
