import { must } from '../../shared/assert.ts';
import { TIEBREAKERS } from '../index/index-key.ts';
import type { FieldPath } from '../index/index-key.ts';
import type { Schema } from '../schema/schema.ts';
import type { Validator } from '../values/validator.ts';
import type { Connection } from './connection.ts';

export interface Index {
  readonly id: number;
  readonly tableNumber: number;
  readonly name: string;
  /** All fields of the key, down to `_id`. */
  readonly fields: readonly string[];
  readonly paths: readonly FieldPath[];
  /** It is kept up to date, but cannot be queried. */
  readonly isStaged: boolean;
}

export interface Table {
  /** Part of every id of the table; never used again for another one. */
  readonly number: number;
  readonly name: string;
  readonly indexes: ReadonlyMap<string, Index>;
  readonly byId: Index;
  readonly byCreationTime: Index;
  /** Of documents without their system fields; `null` allows anything. */
  readonly validator: Validator | null;
}

/** All tables at one moment. Never changed in place: a transaction keeps the one it began with. */
export interface Catalog {
  readonly byName: ReadonlyMap<string, Table>;
  readonly byNumber: ReadonlyMap<number, Table>;
  readonly schema: Schema | null;
}

const FIRST_USER_TABLE_NUMBER = 10_001;

const SYSTEM_TABLES = [
  {
    number: 1,
    name: '_scheduled_functions',
    indexes: { by_state: ['state.kind', 'scheduledTime'] },
  },
  { number: 2, name: '_storage', indexes: {} },
];

/** System tables belong to the backend and are reached through `ctx.db.system`. */
export function isSystemTable(name: string): boolean {
  return name.startsWith('_');
}

export function loadCatalog(connection: Connection): Catalog {
  const schemaText = connection.first<{ schema: string | null }>('SELECT schema FROM meta')?.schema;
  // Written by `migrateToSchema` in the same format version.
  const schema = schemaText == null ? null : (JSON.parse(schemaText) as Schema);
  const tables = connection
    .all<{ number: number; name: string }>('SELECT number, name FROM tables ORDER BY number')
    .map((row) => loadTable(connection, row, schema));
  return catalogOf(tables, schema);
}

/** Creates a table with its two built-in indexes. */
export function createUserTable(connection: Connection, catalog: Catalog, name: string): Catalog {
  const highest = Math.max(FIRST_USER_TABLE_NUMBER - 1, ...catalog.byNumber.keys());
  const row = { number: highest + 1, name };
  createTable(connection, row);
  const table = loadTable(connection, row, catalog.schema);
  return catalogOf([...catalog.byNumber.values(), table], catalog.schema);
}

export function createSystemTables(connection: Connection): void {
  for (const { number, name, indexes } of SYSTEM_TABLES) {
    createTable(connection, { number, name });
    for (const [indexName, fields] of Object.entries(indexes)) {
      createIndex(connection, number, { name: indexName, fields: [...fields, ...TIEBREAKERS] });
    }
  }
}

/** Adds an index without entries. */
export function createIndex(
  connection: Connection,
  tableNumber: number,
  { name, fields }: { name: string; fields: readonly string[] },
): Index {
  const { lastInsertRowid } = connection.run(
    'INSERT INTO indexes (table_number, name, fields) VALUES (?, ?, ?)',
    tableNumber,
    name,
    JSON.stringify(fields),
  );
  return toIndex({ id: Number(lastInsertRowid), tableNumber, name, fields, isStaged: false });
}

function createTable(connection: Connection, row: { number: number; name: string }): void {
  connection.run('INSERT INTO tables (number, name) VALUES (?, ?)', row.number, row.name);
  createIndex(connection, row.number, { name: 'by_id', fields: ['_id'] });
  createIndex(connection, row.number, { name: 'by_creation_time', fields: TIEBREAKERS });
}

function loadTable(
  connection: Connection,
  { number, name }: { number: number; name: string },
  schema: Schema | null,
): Table {
  const rows = connection.all<{ id: number; name: string; fields: string }>(
    'SELECT id, name, fields FROM indexes WHERE table_number = ? ORDER BY id',
    number,
  );
  const declared = schema?.tables.find((table) => table.name === name);
  const staged = declared?.indexes.filter(({ isStaged }) => isStaged).map((index) => index.name);
  const indexes = new Map<string, Index>();
  for (const row of rows) {
    // Written by `createIndex`.
    const fields = JSON.parse(row.fields) as string[];
    const isStaged = staged?.includes(row.name) ?? false;
    indexes.set(row.name, toIndex({ ...row, tableNumber: number, fields, isStaged }));
  }
  return {
    number,
    name,
    indexes,
    byId: must(indexes.get('by_id'), `table ${name} has no index by_id`),
    byCreationTime: must(indexes.get('by_creation_time'), `${name} has no by_creation_time`),
    validator: schema?.schemaValidation === true ? (declared?.validator ?? null) : null,
  };
}

function toIndex(index: Omit<Index, 'paths'>): Index {
  return { ...index, paths: index.fields.map((field) => field.split('.')) };
}

function catalogOf(tables: readonly Table[], schema: Schema | null): Catalog {
  return {
    byName: new Map(tables.map((table) => [table.name, table])),
    byNumber: new Map(tables.map((table) => [table.number, table])),
    schema,
  };
}
