import { must } from '../../shared/assert.ts';
import { BackendError } from '../backend-error.ts';
import { createSystemTables } from './catalog.ts';
import { measureStoredDocuments } from './documents.ts';
import type { Connection } from './connection.ts';

const FORMAT_VERSION = 3;

/**
 * `documents` holds Convex-encoded JSON. Every way to find one is an index, `by_id` included: a row of `index_entries`
 * whose key sorts, byte by byte, as the values do. This is the first version; `MIGRATIONS` has what came later.
 */
const LAYOUT = `
  CREATE TABLE meta (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    format_version INTEGER NOT NULL,
    commit_timestamp INTEGER NOT NULL,
    creation_time REAL NOT NULL,
    schema TEXT
  ) STRICT;
  CREATE TABLE tables (number INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;
  CREATE TABLE indexes (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    table_number INTEGER NOT NULL,
    name TEXT NOT NULL,
    fields TEXT NOT NULL,
    UNIQUE (table_number, name)
  ) STRICT;
  CREATE TABLE documents (row INTEGER PRIMARY KEY, json TEXT NOT NULL) STRICT;
  CREATE TABLE index_entries (
    index_id INTEGER NOT NULL,
    key BLOB NOT NULL,
    document INTEGER NOT NULL,
    PRIMARY KEY (index_id, key)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE session_requests (
    session TEXT NOT NULL,
    request INTEGER NOT NULL,
    timestamp INTEGER NOT NULL,
    answer TEXT NOT NULL,
    PRIMARY KEY (session, request)
  ) STRICT, WITHOUT ROWID;
`;

const CRONS_AND_SETTINGS = `
  CREATE TABLE crons (
    name TEXT PRIMARY KEY,
    spec TEXT NOT NULL,
    next_time REAL NOT NULL,
    last_time REAL,
    is_running INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE environment_variables (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE secrets (name TEXT PRIMARY KEY, secret BLOB NOT NULL) STRICT, WITHOUT ROWID;
  INSERT INTO secrets VALUES ('function-handles', randomblob(32));
`;

/** What makes a file of one version one of the next. */
const MIGRATIONS: Readonly<Record<number, (connection: Connection) => void>> = {
  1: (connection) => connection.execute(CRONS_AND_SETTINGS),
  2(connection) {
    // In bytes, as Convex counts them.
    connection.execute('ALTER TABLE documents ADD COLUMN size INTEGER NOT NULL DEFAULT 0');
    measureStoredDocuments(connection);
  },
};

/**
 * Creates the layout in an empty file, or brings an older one up to date. Refuses files of a newer version and files of
 * other programs.
 */
export function prepareLayout(connection: Connection, file: string): void {
  const version = readFormatVersion(connection, file);
  if (version === null) {
    connection.execute('BEGIN IMMEDIATE');
    connection.execute(LAYOUT);
    connection.run('INSERT INTO meta VALUES (1, 1, 0, 0, NULL)');
    createSystemTables(connection);
    migrate(connection, 1);
    connection.execute('COMMIT');
  } else if (version < FORMAT_VERSION) {
    connection.execute('BEGIN IMMEDIATE');
    migrate(connection, version);
    connection.execute('COMMIT');
  } else if (version > FORMAT_VERSION) {
    throw new BackendError(
      500,
      'DatabaseTooNew',
      `The database ${file} has format ${version}, which a newer version of kitcn wrote; this one reads format ${FORMAT_VERSION}. Update kitcn, or use another data folder.`,
    );
  }
}

function migrate(connection: Connection, from: number): void {
  for (let version = from; version < FORMAT_VERSION; version += 1) {
    must(MIGRATIONS[version], `format ${version} has a next one`)(connection);
  }
  connection.run('UPDATE meta SET format_version = ?', FORMAT_VERSION);
}

function readFormatVersion(connection: Connection, file: string): number | null {
  const names = connection
    .all<{ name: string }>("SELECT name FROM sqlite_schema WHERE type = 'table'")
    .map(({ name }) => name);
  if (names.length === 0) return null;
  if (!names.includes('meta') || !names.includes('index_entries')) {
    throw new BackendError(
      500,
      'DatabaseUnreadable',
      `${file} is a SQLite database of another program. Choose another data folder.`,
    );
  }
  const row = connection.first<{ format_version: number }>('SELECT format_version FROM meta');
  return row?.format_version ?? null;
}
