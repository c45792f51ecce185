import { DatabaseSync } from 'node:sqlite';
import type { SQLInputValue, StatementSync } from 'node:sqlite';
import type { BackendError } from '../backend-error.ts';
import { damaged, toStorageError } from './storage-error.ts';

const BUSY_TIMEOUT_MILLISECONDS = 5000;

/** One SQLite connection, with every statement prepared once. What a bad disk does has the codes of `toStorageError`. */
export class Connection {
  readonly #file: string;
  readonly #database: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();

  constructor(file: string, { isReadOnly }: { isReadOnly: boolean }) {
    this.#file = file;
    const options = { readOnly: isReadOnly, timeout: BUSY_TIMEOUT_MILLISECONDS };
    this.#database = this.#try(() => new DatabaseSync(file, options));
  }

  /** For statements without parameters that are no part of a hot path. */
  execute(sql: string): void {
    this.#try(() => this.#database.exec(sql));
  }

  run(sql: string, ...parameters: SQLInputValue[]): { lastInsertRowid: number | bigint } {
    return this.#try(() => this.#prepare(sql).run(...parameters));
  }

  /** The first row, whose columns are those that the SQL text names: `Row` must say the same. */
  first<Row>(sql: string, ...parameters: SQLInputValue[]): Row | undefined {
    return this.#try(() => this.#prepare(sql).get(...parameters)) as Row | undefined;
  }

  /** All rows; `Row` as for `first`. */
  all<Row>(sql: string, ...parameters: SQLInputValue[]): Row[] {
    return this.#try(() => this.#prepare(sql).all(...parameters)) as Row[];
  }

  /** What can only be if something else wrote to the file: `DatabaseDamaged`. */
  damaged(problem: string): BackendError {
    return damaged(this.#file, problem);
  }

  rollback(): void {
    try {
      this.execute('ROLLBACK');
    } catch {
      // There is no transaction any more: SQLite ends it by itself when the disk fails.
    }
  }

  close(): void {
    this.#database.close();
  }

  #try<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      throw toStorageError(error, this.#file);
    }
  }

  #prepare(sql: string): StatementSync {
    let statement = this.#statements.get(sql);
    if (statement === undefined) {
      statement = this.#database.prepare(sql);
      this.#statements.set(sql, statement);
    }
    return statement;
  }
}
