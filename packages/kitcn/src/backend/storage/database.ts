import { assert, must } from '../../shared/assert.ts';
import { messageOf } from '../../shared/message-of.ts';
import { BackendError } from '../backend-error.ts';
import { toNanoseconds } from '../transaction/commit-clock.ts';
import { History } from '../transaction/history.ts';
import type { Committed } from '../transaction/mutation-transaction.ts';
import { PastDocuments } from '../transaction/past-documents.ts';
import { SnapshotTransaction } from '../transaction/snapshot-transaction.ts';
import { TransactionView } from '../transaction/transaction-view.ts';
import { WriteGroup } from '../transaction/write-group.ts';
import { migrateToSchema } from './apply-schema.ts';
import type { SchemaProgress } from './apply-schema.ts';
import { loadCatalog } from './catalog.ts';
import { checkAfterCrash } from './check-after-crash.ts';
import { Connection } from './connection.ts';
import { prepareLayout } from './layout.ts';
import { createTemporaryFile } from './temporary-file.ts';
import type { Schema } from '../schema/schema.ts';
import type { PastVersion } from '../transaction/history.ts';
import type { CommitTimes } from '../transaction/commit-clock.ts';
import type { Snapshot } from '../transaction/transaction.ts';
import type { TransactionLimits } from '../transaction/transaction-usage.ts';
import type { Catalog } from './catalog.ts';
import type { TemporaryFile } from './temporary-file.ts';

/** `full`: a commit survives power loss. `relaxed`: it survives a crash of the process; for tests and scratch data. */
export type Durability = 'full' | 'relaxed';

export interface DatabaseOptions {
  /**
   * Path of the SQLite file. `:memory:` is a temporary file that goes with the database: connections to a SQLite
   * memory database would share locks, so readers would block the writer and have no snapshot.
   */
  readonly file: string;
  /** Default `full`; `:memory:` is always `relaxed`. */
  readonly durability?: Durability;
  /** Milliseconds since the epoch. Default `Date.now`. */
  readonly now?: () => number;
  /** Whether this process has the file for the first time, and does not know how the last one left it. */
  readonly isFirst?: boolean;
  /** Of each transaction. Default: Convex's. */
  readonly limits?: TransactionLimits | undefined;
}

const MAX_IDLE_READERS = 4;
/** 16 MiB of log, after which a commit copies it into the file: rarer than SQLite's 1,000, as indexes write many pages. */
const CHECKPOINT_PAGES = 4_000;
/** Of `PRAGMA synchronous`: a commit in the log is flushed before it counts. */
const FULL = 2;

/**
 * A document database in one SQLite file: one writer, and readers that each see the state of one commit. Only one
 * process may have the file open, and only one write transaction may be open at a time: both are up to the caller.
 */
export class Database {
  readonly #file: string;
  readonly #temporary: TemporaryFile | null;
  readonly #waitsForDisk: boolean;
  readonly #writer: Connection;
  readonly #now: () => number;
  readonly #limits: TransactionLimits | undefined;
  readonly #idleReaders: Connection[] = [];
  readonly #busyReaders = new Set<Connection>();
  readonly #history: History;
  #catalog: Catalog;
  #times: CommitTimes;
  #write: WriteGroup | null = null;
  #isOpen = true;

  private constructor(options: DatabaseOptions) {
    const { file, durability = 'full', now = Date.now, isFirst = false } = options;
    this.#temporary = file === ':memory:' ? createTemporaryFile('data.sqlite') : null;
    this.#file = this.#temporary?.file ?? file;
    this.#now = now;
    this.#limits = options.limits;
    this.#writer = openWriter(this.#file, {
      durability: this.#temporary === null ? durability : 'relaxed',
      isFirst,
    });
    this.#waitsForDisk = waitsForDisk(this.#writer);
    this.#catalog = loadCatalog(this.#writer);
    this.#times = readTimes(this.#writer);
    this.#history = new History(this.#times.timestamp);
  }

  /** Codes `DatabaseTooNew`, `DatabaseUnreadable`, and those of `toStorageError`. */
  static open(options: DatabaseOptions): Database {
    return new Database(options);
  }

  /** Whether a commit ends when it is on disk, which takes as long for many writes as for one. */
  get waitsForDisk(): boolean {
    return this.#waitsForDisk;
  }

  /** Timestamp of the last commit. */
  get timestamp(): bigint {
    return this.#times.timestamp;
  }

  /** The state of the last commit. */
  beginRead(): Snapshot {
    return this.#beginSnapshot(null);
  }

  /** A state of the last 30 seconds. Codes `TimestampInFuture` and `OutOfRetention`. */
  beginReadAt(timestamp: bigint): Snapshot {
    const now = toNanoseconds(this.#now());
    const versions = this.#history.after(timestamp, now);
    return this.#beginSnapshot({ timestamp, versions });
  }

  #beginSnapshot(at: { timestamp: bigint; versions: readonly PastVersion[] } | null): Snapshot {
    this.#assertOpen();
    const connection = this.#idleReaders.pop() ?? this.#openReader();
    this.#busyReaders.add(connection);
    connection.run('BEGIN');
    // The first read is what takes the snapshot.
    const { timestamp } = readTimes(connection);
    const past = at === null ? null : new PastDocuments(connection, this.#catalog, at.versions);
    return new SnapshotTransaction({
      view: new TransactionView(connection, this.#catalog, { past, limits: this.#limits }),
      timestamp: at?.timestamp ?? timestamp,
      onEnd: () => this.#releaseReader(connection),
    });
  }

  /** Write transactions with one commit. */
  beginGroup(): WriteGroup {
    this.#assertNoWriter();
    const group = new WriteGroup({
      connection: this.#writer,
      catalog: this.#catalog,
      lastTimes: this.#times,
      limits: this.#limits,
      now: this.#now,
      onEnd: (committed) => this.#endWrite(committed),
    });
    this.#write = group;
    return group;
  }

  #endWrite(committed: readonly Committed[]): void {
    this.#write = null;
    for (const { times, catalog, changes } of committed) {
      this.#times = times;
      this.#catalog = catalog;
      this.#history.add(times.timestamp, changes);
    }
  }

  /**
   * Creates tables, checks the documents, adds and drops indexes: all or nothing, and nothing until the last step. In
   * between, this thread can read the state and the schema of before. `null` goes back to no schema. Code
   * `SchemaValidationFailed`.
   */
  *migrate(schema: Schema | null): Generator<SchemaProgress, void> {
    this.#assertNoWriter();
    this.#writer.execute('BEGIN IMMEDIATE');
    let isDone = false;
    try {
      const catalog = yield* migrateToSchema(this.#writer, schema);
      this.#writer.execute('COMMIT');
      this.#catalog = catalog;
      isDone = true;
    } finally {
      // A database that was closed meanwhile has rolled back.
      if (!isDone && this.#isOpen) this.#writer.rollback();
    }
  }

  /** Writes the state of the last commit to a new file. */
  copyTo(file: string): void {
    this.#assertNoWriter();
    this.#writer.run('VACUUM INTO ?', file);
  }

  /** The number of a table at the last commit, for `validateValue`; `null` for an unknown table. */
  tableNumberOf(table: string): number | null {
    return this.#catalog.byName.get(table)?.number ?? null;
  }

  /** A random value that was made with the file, for signatures that nobody else can make. */
  readSecret(name: string): Uint8Array {
    this.#assertOpen();
    const row = this.#writer.first<{ secret: Uint8Array }>(
      'SELECT secret FROM secrets WHERE name = ?',
      name,
    );
    return must(row, `there is a secret "${name}"`).secret;
  }

  /** Ends every open transaction; a write that was not committed is lost. */
  close(): void {
    if (!this.#isOpen) return;
    this.#write?.end();
    this.#isOpen = false;
    for (const connection of [...this.#idleReaders, ...this.#busyReaders]) connection.close();
    this.#idleReaders.length = 0;
    this.#busyReaders.clear();
    // Last, so that SQLite moves the log into the file.
    this.#writer.close();
    this.#temporary?.remove();
  }

  #openReader(): Connection {
    return new Connection(this.#file, { isReadOnly: true });
  }

  #releaseReader(connection: Connection): void {
    if (!this.#busyReaders.delete(connection)) return;
    connection.run('ROLLBACK');
    if (this.#idleReaders.length < MAX_IDLE_READERS) this.#idleReaders.push(connection);
    else connection.close();
  }

  #assertNoWriter(): void {
    this.#assertOpen();
    assert(this.#write === null, 'a write transaction is already open');
  }

  #assertOpen(): void {
    assert(this.#isOpen, 'the database is closed');
  }
}

function openWriter(
  file: string,
  { durability, isFirst }: { durability: Durability; isFirst: boolean },
): Connection {
  let connection: Connection | undefined;
  try {
    if (isFirst) checkAfterCrash(file);
    connection = new Connection(file, { isReadOnly: false });
    connection.execute('PRAGMA journal_mode = WAL');
    connection.execute(`PRAGMA wal_autocheckpoint = ${CHECKPOINT_PAGES}`);
    connection.execute(`PRAGMA synchronous = ${durability === 'full' ? 'FULL' : 'OFF'}`);
    prepareLayout(connection, file);
    return connection;
  } catch (error) {
    connection?.close();
    if (error instanceof BackendError) throw error;
    const reason = messageOf(error);
    throw new BackendError(
      500,
      'DatabaseUnreadable',
      `The database ${file} cannot be opened: ${reason}. It is none of kitcn's, or it is damaged. Put a backup in its place, or choose another data folder.`,
      { cause: error },
    );
  }
}

/** What SQLite itself says: https://sqlite.org/pragma.html#pragma_synchronous. */
function waitsForDisk(connection: Connection): boolean {
  return connection.first<{ synchronous: number }>('PRAGMA synchronous')?.synchronous === FULL;
}

/** As text, because the timestamp is larger than a number holds exactly. */
function readTimes(connection: Connection): CommitTimes {
  const row = must(
    connection.first<{ timestamp: string; creation_time: number }>(
      'SELECT CAST(commit_timestamp AS TEXT) AS timestamp, creation_time FROM meta',
    ),
    'the meta row is missing',
  );
  return { timestamp: BigInt(row.timestamp), creationTime: row.creation_time };
}
