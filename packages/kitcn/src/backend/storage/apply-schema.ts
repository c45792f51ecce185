import { BackendError } from '../backend-error.ts';
import { TIEBREAKERS } from '../index/index-key.ts';
import { validateValue } from '../values/validate-value.ts';
import { addIndexEntry, countDocuments, parseDocument } from './documents.ts';
import { createIndex, createUserTable, isSystemTable, loadCatalog } from './catalog.ts';
import { userFieldsOf } from './user-fields.ts';
import type { IndexSchema, Schema } from '../schema/schema.ts';
import type { Catalog, Index, Table } from './catalog.ts';
import type { Connection } from './connection.ts';
import type { StoredDocument } from './documents.ts';

const BATCH_SIZE = 256;

/** How far a table has been brought to a new schema. */
export interface SchemaProgress {
  readonly table: string;
  /** `null` while its documents are checked, else the indexes that are filled. */
  readonly indexes: readonly string[] | null;
  readonly done: number;
  /** All documents of the table. */
  readonly total: number;
}

/**
 * Makes the stored tables and indexes those of `schema`, inside a transaction of the caller, in steps of a few hundred
 * documents. Code `SchemaValidationFailed` if a document does not match; the caller rolls back.
 */
export function* migrateToSchema(
  connection: Connection,
  schema: Schema | null,
): Generator<SchemaProgress, Catalog> {
  const previous = loadCatalog(connection);
  connection.run('UPDATE meta SET schema = ?', schema === null ? null : JSON.stringify(schema));
  let catalog = loadCatalog(connection);
  for (const { name } of schema?.tables ?? []) {
    if (!catalog.byName.has(name)) catalog = createUserTable(connection, catalog, name);
  }
  for (const table of catalog.byName.values()) {
    if (isSystemTable(table.name)) continue;
    yield* validateDocuments(connection, {
      catalog,
      table,
      previous: previous.byName.get(table.name),
    });
    const declared = schema?.tables.find(({ name }) => name === table.name);
    yield* migrateIndexes(connection, table, declared?.indexes ?? []);
  }
  return loadCatalog(connection);
}

function* validateDocuments(
  connection: Connection,
  { catalog, table, previous }: { catalog: Catalog; table: Table; previous: Table | undefined },
): Generator<SchemaProgress, void> {
  const { validator } = table;
  if (validator === null) return;
  // What this same validator let in need not be read again.
  if (JSON.stringify(validator) === JSON.stringify(previous?.validator)) return;
  const context = { tableNumberOf: (name: string) => catalog.byName.get(name)?.number ?? null };
  yield* forEachDocument({ connection, table, indexes: null }, ({ document }) => {
    const failure = validateValue(validator, userFieldsOf(document), context);
    if (failure === null) return;
    throw new BackendError(
      400,
      'SchemaValidationFailed',
      `Schema validation failed. Document with ID "${document._id}" in table "${table.name}" does not match the schema: ${failure}`,
    );
  });
}

function* migrateIndexes(
  connection: Connection,
  table: Table,
  declared: readonly IndexSchema[],
): Generator<SchemaProgress, void> {
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
  const indexes = added.map(({ name }) => name);
  yield* forEachDocument({ connection, table, indexes }, (stored) => {
    for (const index of added) addIndexEntry(connection, index, stored);
  });
}

function dropIndex(connection: Connection, index: Index): void {
  connection.run('DELETE FROM index_entries WHERE index_id = ?', index.id);
  connection.run('DELETE FROM indexes WHERE id = ?', index.id);
}

interface Walk {
  readonly connection: Connection;
  readonly table: Table;
  readonly indexes: SchemaProgress['indexes'];
}

/** Visits all documents of a table, a batch in each step; the visitor may write. */
function* forEachDocument(
  { connection, table, indexes }: Walk,
  visit: (stored: Omit<StoredDocument, 'size'>) => void,
): Generator<SchemaProgress, void> {
  const total = countDocuments(connection, table);
  let done = 0;
  for (let after: Uint8Array = Buffer.alloc(0); ;) {
    const rows = connection.all<{ key: Uint8Array; row: number; json: string | null }>(
      `SELECT e.key, e.document AS row, d.json FROM index_entries e LEFT JOIN documents d ON d.row = e.document
       WHERE e.index_id = ? AND e.key > ? ORDER BY e.key LIMIT ${BATCH_SIZE}`,
      table.byId.id,
      after,
    );
    for (const { row, json } of rows) visit({ row, document: parseDocument(connection, json) });
    const last = rows.at(-1);
    if (last === undefined) return;
    after = last.key;
    done += rows.length;
    yield { table: table.name, indexes, done, total };
  }
}
