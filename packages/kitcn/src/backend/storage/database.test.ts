import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, onTestFinished, test } from 'vitest';
import { parseSchema } from '../schema/schema.ts';
import { readCrons } from './cron-rows.ts';
import { Database } from './database.ts';
import { applySchema, read, write } from './transact.fixture.ts';
import type { SchemaProgress } from './apply-schema.ts';
import type { QueryJson, ReadTransaction } from '../transaction/transaction.ts';
import type { JSONValue } from 'convex/values';

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'kitcn-database-test-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

function open(file: string): Database {
  const database = Database.open({ file, durability: 'relaxed' });
  onTestFinished(() => database.close());
  return database;
}

test.each([
  ['a file', 'data.sqlite', {}, true],
  ['a file that may lose commits', 'data.sqlite', { durability: 'relaxed' }, false],
  ['a temporary one', ':memory:', { durability: 'full' }, false],
] as const)('whether a commit waits for the disk: %s', (_name, file, options, waits) => {
  const folder = temporaryFolder();
  const database = Database.open({
    file: file === ':memory:' ? file : join(folder, file),
    ...options,
  });
  expect(database.waitsForDisk).toBe(waits);
  database.close();
});

const TYPES = { text: { type: 'string' }, number: { type: 'number' } } as const;

/** A schema with one table, `users`, whose only field is `name`. */
function usersSchema(
  type: keyof typeof TYPES,
  indexes: Record<string, string[]> = {},
  isChecked = true,
) {
  return parseSchema({
    schemaValidation: isChecked,
    tables: [
      {
        tableName: 'users',
        indexes: Object.entries(indexes).map(([indexDescriptor, fields]) => ({
          indexDescriptor,
          fields,
        })),
        documentType: {
          type: 'object',
          value: {
            name: { fieldType: TYPES[type], optional: false },
            nothing: { fieldType: { type: 'any' }, optional: true },
            other: { fieldType: { type: 'any' }, optional: true },
          },
        },
      },
    ],
  });
}

function namesBy(transaction: ReadTransaction, index: string): JSONValue[] {
  const query: QueryJson = {
    source: { type: 'IndexRange', indexName: `users.${index}`, range: [], order: 'asc' },
    operators: [],
  };
  const stream = transaction.query(query, 'user');
  const names: JSONValue[] = [];
  for (let next = stream.next(); next !== null; next = stream.next())
    names.push(next['name'] ?? null);
  return names;
}

describe('opening again', () => {
  test('everything is still there, and times go on rising', () => {
    const file = join(temporaryFolder(), 'data.sqlite');
    const first = Database.open({ file, now: () => 5_000_000 });
    applySchema(first, usersSchema('text', { by_name: ['name'] }));
    const id = write(first, (t) => t.insert('users', { name: 'Ada' }));
    const before = read(first, (t) => [t.timestamp, t.get(id, 'user')] as const);
    first.close();
    first.close();

    const second = Database.open({ file, now: () => 0 });
    onTestFinished(() => second.close());
    const after = read(second, (t) => [t.timestamp, t.get(id, 'user')] as const);
    expect(after).toEqual(before);
    // The schema is in force before the code is pushed again.
    expect(() => write(second, (t) => t.insert('users', { name: 1 }))).toThrow(
      'does not match the schema',
    );
    second.close();

    const third = open(file);
    write(third, (t) => {
      const later = t.insert('users', { name: 'Bob' });
      expect(t.get(later, 'user')?._creationTime).toBeGreaterThan(5_000_000);
    });
    expect(third.timestamp).toBeGreaterThan(before[0]);
    expect(read(third, (t) => namesBy(t, 'by_name'))).toEqual(['Ada', 'Bob']);
  });

  test('the log is folded into the file', () => {
    const folder = temporaryFolder();
    const database = open(join(folder, 'data.sqlite'));
    write(database, (t) => t.insert('a', {}));
    read(database, (t) => t.count('a'));
    database.close();
    expect(readdirSync(folder)).toEqual(['data.sqlite']);
  });

  test('close ends what is open', () => {
    const file = join(temporaryFolder(), 'data.sqlite');
    const database = open(file);
    const reader = database.beginRead();
    const writer = database.beginGroup().begin();
    writer.insert('a', {});
    database.close();
    reader.end();
    expect(() => writer.commit()).toThrow();
    expect(() => database.beginRead()).toThrow('closed');
    expect(read(open(file), (t) => t.count('a'))).toBe(0);
  });

  test('a killed process leaves what it committed, and nothing of the open transaction', async () => {
    const file = join(temporaryFolder(), 'data.sqlite');
    const program = `
      const { Database } = await import(${JSON.stringify(import.meta.resolve('./database.ts'))});
      const database = Database.open({ file: ${JSON.stringify(file)} });
      const group = database.beginGroup();
      const first = group.begin();
      for (let n = 0; n < 100; n += 1) first.insert('kept', { n });
      first.commit();
      group.commit();
      const second = database.beginGroup().begin();
      // More than the page cache holds, so that unfinished pages reach the log.
      for (let n = 0; n < 300; n += 1) second.insert('lost', { text: 'x'.repeat(20_000) });
      const inner = second.savepoint();
      second.insert('kept', { n: 'lost' });
      inner.release();
      console.log('ready');
      setInterval(() => {}, 1000);
    `;
    const child = spawn(
      process.execPath,
      ['--input-type=module', '--no-warnings', '--eval', program],
      {
        stdio: ['ignore', 'pipe', 'inherit'],
      },
    );
    await once(child.stdout, 'data');
    child.kill('SIGKILL');
    await once(child, 'exit');
    const database = open(file);
    read(database, (t) => {
      expect([t.count('kept'), t.count('lost'), t.tableNumberOf('lost')]).toEqual([100, 0, null]);
    });
    expect(write(database, (t) => t.insert('kept', {}))).toMatch(/^j57/);
    database.close();
    const check = new DatabaseSync(file);
    expect(check.prepare('PRAGMA integrity_check').get()).toEqual({ integrity_check: 'ok' });
    check.close();
  });
});

test('a file of the first format is brought up to date', () => {
  const file = join(temporaryFolder(), 'data.sqlite');
  const first = open(file);
  const ids = write(first, (t) =>
    Array.from({ length: 600 }, (_, n) => t.insert('items', { n, list: ['é'] })),
  );
  const size = read(first, (t) => {
    t.get(ids[0] ?? '', 'user');
    return t.usage.metrics().bytesRead.used;
  });
  expect(size).toBeGreaterThan(0);
  first.close();
  const raw = new DatabaseSync(file);
  raw.exec('ALTER TABLE documents DROP COLUMN size; UPDATE meta SET format_version = 1');
  raw.exec('DROP TABLE crons; DROP TABLE environment_variables; DROP TABLE secrets');
  raw.close();
  const second = open(file);
  read(second, (t) => {
    for (const id of ids) expect(t.get(id, 'user')?._id).toBe(id);
    const { documentsRead, bytesRead } = t.usage.metrics();
    expect(documentsRead.used).toBe(600);
    expect(bytesRead.used).toBe(600 * size);
  });
  write(second, (t) => expect(readCrons(t.connection)).toEqual([]));
});

describe('files that are refused', () => {
  const refused = (code: string) => expect.objectContaining({ code, status: 500 });

  test('of a newer version', () => {
    const file = join(temporaryFolder(), 'data.sqlite');
    open(file).close();
    const raw = new DatabaseSync(file);
    raw.exec('UPDATE meta SET format_version = 99');
    raw.close();
    expect(() => open(file)).toThrow(refused('DatabaseTooNew'));
  });

  test('of another program', () => {
    const file = join(temporaryFolder(), 'other.sqlite');
    const raw = new DatabaseSync(file);
    raw.exec('CREATE TABLE accounts (id INTEGER)');
    raw.close();
    expect(() => open(file)).toThrow(refused('DatabaseUnreadable'));
  });

  test('that are no database', () => {
    const file = join(temporaryFolder(), 'notes.txt');
    writeFileSync(file, 'dear diary '.repeat(200));
    expect(() => open(file)).toThrow(refused('DatabaseUnreadable'));
  });

  test('in a folder that does not exist', () => {
    expect(() => open(join(temporaryFolder(), 'nowhere', 'data.sqlite'))).toThrow(
      refused('DatabaseUnreadable'),
    );
  });
});

test('`:memory:` databases are apart and leave nothing', () => {
  const left = open(':memory:');
  const right = open(':memory:');
  write(left, (t) => t.insert('a', {}));
  expect([left, right].map((database) => read(database, (t) => t.count('a')))).toEqual([1, 0]);
  expect(existsSync(':memory:')).toBe(false);
});

describe('migrate', () => {
  test('adds indexes to old documents, changes them, drops them', () => {
    const database = open(':memory:');
    write(database, (t) => {
      for (const name of ['c', 'a', 'b']) t.insert('users', { name });
    });
    applySchema(
      database,
      usersSchema('text', { by_name: ['name'], by_nothing: ['nothing', 'name'] }),
    );
    const old = database.beginRead();
    expect(namesBy(old, 'by_name')).toEqual(['a', 'b', 'c']);
    expect(namesBy(old, 'by_nothing')).toEqual(['a', 'b', 'c']);
    applySchema(database, usersSchema('text', { by_name: ['other'] }));
    read(database, (t) => {
      expect(namesBy(t, 'by_name')).toEqual(['c', 'a', 'b']);
      expect(() => namesBy(t, 'by_nothing')).toThrow('There is no index "users.by_nothing"');
    });
    // A snapshot keeps the indexes that it began with.
    expect(namesBy(old, 'by_nothing')).toEqual(['a', 'b', 'c']);
    old.end();
    write(database, (t) => t.insert('users', { name: 'd' }));
    expect(read(database, (t) => namesBy(t, 'by_name'))).toEqual(['c', 'a', 'b', 'd']);
  });

  test('backfills more than one batch', () => {
    const database = open(':memory:');
    write(database, (t) => {
      for (let n = 0; n < 1000; n += 1)
        t.insert('users', { name: String(999 - n).padStart(3, '0') });
    });
    applySchema(database, usersSchema('text', { by_name: ['name'] }));
    const names = read(database, (t) => namesBy(t, 'by_name'));
    expect(names).toHaveLength(1000);
    expect(names).toEqual(names.toSorted());
  });

  test('in steps, between which the state of before can be read', () => {
    const database = open(':memory:');
    write(database, (t) => {
      for (let n = 0; n < 1000; n += 1) t.insert('users', { name: String(n) });
    });
    const steps: SchemaProgress[] = [];
    const schema = usersSchema('text', { by_name: ['name'], by_other: ['other'] });
    for (const progress of database.migrate(schema)) {
      steps.push(progress);
      read(database, (t) => {
        expect(t.count('users')).toBe(1000);
        expect(() => namesBy(t, 'by_name')).toThrow('There is no index');
      });
    }
    expect(read(database, (t) => namesBy(t, 'by_name'))).toHaveLength(1000);
    const done = [256, 512, 768, 1000];
    expect(steps).toEqual([
      ...done.map((count) => ({ table: 'users', indexes: null, done: count, total: 1000 })),
      ...done.map((count) => ({
        table: 'users',
        indexes: ['by_name', 'by_other'],
        done: count,
        total: 1000,
      })),
    ]);
  });

  test('in steps, and none of it if one of them fails or the database is closed', () => {
    const database = open(':memory:');
    const ids = write(database, (t) =>
      Array.from({ length: 600 }, (_, n) => t.insert('users', { name: n < 599 ? 'a' : 1 })),
    );
    const schema = usersSchema('text', { by_name: ['name'] });
    expect(() => applySchema(database, schema)).toThrow('Path: .name');
    write(database, (t) => t.remove(ids[599] ?? ''));
    const steps = database.migrate(schema);
    steps.next();
    database.close();
    expect(() => steps.next()).toThrow();
  });

  test('a staged index is filled and kept up to date, and can be queried once it is enabled', () => {
    const database = open(':memory:');
    const staged = { indexDescriptor: 'by_name', fields: ['name'] };
    const schemaWith = (key: 'indexes' | 'stagedDbIndexes') =>
      parseSchema({ tables: [{ tableName: 'users', indexes: [], [key]: [staged] }] });
    write(database, (t) => t.insert('users', { name: 'b' }));
    applySchema(database, schemaWith('stagedDbIndexes'));
    write(database, (t) => t.insert('users', { name: 'a' }));
    expect(() => read(database, (t) => namesBy(t, 'by_name'))).toThrow(
      expect.objectContaining({ code: 'IndexStaged' }),
    );
    applySchema(database, schemaWith('indexes'));
    expect(read(database, (t) => namesBy(t, 'by_name'))).toEqual(['a', 'b']);
  });

  test('an empty table exists from then on', () => {
    const database = open(':memory:');
    applySchema(database, usersSchema('text', { by_name: ['name'] }));
    expect(read(database, (t) => [t.tableNumberOf('users'), namesBy(t, 'by_name')])).toEqual([
      10_001,
      [],
    ]);
    expect(['users', '_scheduled_functions', 'nope'].map((t) => database.tableNumberOf(t))).toEqual(
      [10_001, 1, null],
    );
  });

  test('a document that does not match is named, and nothing changes', () => {
    const database = open(':memory:');
    applySchema(database, usersSchema('text', { by_name: ['name'] }));
    const id = write(database, (t) => t.insert('users', { name: 'Ada' }));
    const next = usersSchema('number', { by_other: ['name'] });
    const more = { ...next, tables: [{ ...next.tables[0]!, name: 'early' }, ...next.tables] };
    expect(() => applySchema(database, more)).toThrow(
      expect.objectContaining({
        status: 400,
        code: 'SchemaValidationFailed',
        message: `Schema validation failed. Document with ID "${id}" in table "users" does not match the schema: Value does not match validator.\nPath: .name\nValue: "Ada"\nValidator: v.float64()`,
      }),
    );
    expect(read(database, (t) => [namesBy(t, 'by_name'), t.tableNumberOf('early')])).toEqual([
      ['Ada'],
      null,
    ]);
    expect(() => write(database, (t) => t.insert('users', { name: 1 }))).toThrow('Path: .name');
  });

  test('`schemaValidation: false` keeps the indexes and drops the checks', () => {
    const database = open(':memory:');
    applySchema(database, usersSchema('text', { by_name: ['name'] }, false));
    write(database, (t) => t.insert('users', { name: 5 }));
    expect(read(database, (t) => namesBy(t, 'by_name'))).toEqual([5]);
    // Checks that come back look at what was written meanwhile.
    expect(() => applySchema(database, usersSchema('text'))).toThrow('Value: 5.0');
  });

  test('`null` goes back to no schema', () => {
    const database = open(':memory:');
    applySchema(database, usersSchema('text', { by_name: ['name'] }));
    write(database, (t) => t.insert('users', { name: 'Ada' }));
    applySchema(database, null);
    write(database, (t) => t.insert('users', { anything: 1 }));
    expect(read(database, (t) => t.count('users'))).toBe(2);
    expect(() => read(database, (t) => namesBy(t, 'by_name'))).toThrow('There is no index');
  });
});
