import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { StatementSync } from 'node:sqlite';
import { toKey, toRow } from './row.ts';

/** Documents as JSON in `node:sqlite`, by hand. */
export class SqliteRows {
  readonly #database: DatabaseSync;
  readonly #write: StatementSync;
  readonly #range: StatementSync;
  readonly #lookup: Readonly<Record<'few' | 'many', StatementSync>>;

  constructor(folder: string) {
    this.#database = new DatabaseSync(path.join(folder, 'raw.sqlite3'));
    this.#database.exec(`
      PRAGMA journal_mode = WAL;
      PRAGMA synchronous = FULL;
      CREATE TABLE IF NOT EXISTS written (json TEXT NOT NULL);
    `);
    for (const table of ['few', 'many', 'list']) {
      this.#database.exec(`
        CREATE TABLE IF NOT EXISTS ${table} (number INTEGER PRIMARY KEY, key TEXT UNIQUE, json TEXT NOT NULL);
      `);
    }
    const prepare = (sql: string): StatementSync => this.#database.prepare(sql);
    this.#write = prepare('INSERT INTO written VALUES (?)');
    this.#range = prepare('SELECT json FROM list WHERE number >= ? AND number < ?');
    this.#lookup = {
      few: prepare('SELECT json FROM few WHERE key = ?'),
      many: prepare('SELECT json FROM many WHERE key = ?'),
    };
  }

  /** In one commit. */
  write(texts: readonly string[]): void {
    this.#database.exec('BEGIN IMMEDIATE');
    for (const text of texts) this.#write.run(JSON.stringify({ text }));
    this.#database.exec('COMMIT');
  }

  fill(table: string, count: number): void {
    const insert = this.#database.prepare(`INSERT INTO ${table} VALUES (?, ?, ?)`);
    this.#database.exec('BEGIN IMMEDIATE');
    for (let number = 0; number < count; number++) {
      insert.run(number, toKey(number), JSON.stringify(toRow(number)));
    }
    this.#database.exec('COMMIT');
  }

  /** 100 documents from each start; how many. */
  ranges(starts: readonly number[]): number {
    let count = 0;
    for (const start of starts) {
      const rows = this.#range.all(start, start + 100);
      count += rows.map(({ json }) => JSON.parse(String(json))).length;
    }
    return count;
  }

  lookups(table: 'few' | 'many', numbers: readonly number[]): number {
    let count = 0;
    for (const number of numbers) {
      const row = this.#lookup[table].get(toKey(number));
      if (JSON.parse(String(row?.json)) !== null) count += 1;
    }
    return count;
  }

  close(): void {
    this.#database.close();
  }
}
