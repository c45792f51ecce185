import { convexToJson } from 'convex/values';
import { describe, expect, onTestFinished, test } from 'vitest';
import { parseSchema } from '../schema/schema.ts';
import { Database } from '../storage/database.ts';
import { applySchema, read, write } from '../storage/transact.fixture.ts';
import { createInternalId, decodeDocumentId, encodeDocumentId } from '../values/document-id.ts';
import type { DatabaseOptions } from '../storage/database.ts';
import type {
  DocumentJson,
  QueryJson,
  QueryStream,
  ReadTransaction,
  WriteTransaction,
} from './transaction.ts';
import type { JSONValue } from 'convex/values';

function open(options: Partial<DatabaseOptions> = {}): Database {
  const database = Database.open({ file: ':memory:', ...options });
  onTestFinished(() => database.close());
  return database;
}

const scan = (tableName: string): QueryJson => ({
  source: { type: 'FullTableScan', tableName, order: null },
  operators: [],
});

function drain(stream: QueryStream): DocumentJson[] {
  const documents: DocumentJson[] = [];
  for (let next = stream.next(); next !== null; next = stream.next()) documents.push(next);
  return documents;
}

const all = (transaction: ReadTransaction, table: string): DocumentJson[] =>
  drain(transaction.query(scan(table), 'user'));

const usersSchema = parseSchema({
  tables: [
    {
      tableName: 'users',
      indexes: [{ indexDescriptor: 'by_name', fields: ['name'] }],
      documentType: {
        type: 'object',
        value: {
          name: { fieldType: { type: 'string' }, optional: false },
          age: { fieldType: { type: 'number' }, optional: true },
          boss: { fieldType: { type: 'id', tableName: 'users' }, optional: true },
        },
      },
    },
  ],
});

const withCode = (code: string) => expect.objectContaining({ code, status: 400 });

describe('insert', () => {
  test('gives an id of the table and a creation time, and sorts the fields', () => {
    const database = open({ now: () => 1_700_000_000_000 });
    const id = write(database, (t) => t.insert('users', { b: 1, Zed: 2, a: { y: 1, x: 2 } }));
    expect(decodeDocumentId(id)?.tableNumber).toBe(10_001);
    const document = read(database, (t) => t.get(id, 'user'));
    expect(document).toEqual({
      Zed: 2,
      _creationTime: 1_700_000_000_000,
      _id: id,
      a: { x: 2, y: 1 },
      b: 1,
    });
    expect(Object.keys(document ?? {})).toEqual(['Zed', '_creationTime', '_id', 'a', 'b']);
  });

  test('every value comes back as it was', () => {
    const database = open();
    const value = convexToJson({
      int: -5n,
      special: [NaN, -0, Infinity],
      bytes: Uint8Array.of(0, 255).buffer,
      text: 'a\0b \u{1f600} "quoted"',
      nothing: null,
      deep: { list: [[], {}] },
    });
    const id = write(database, (t) => t.insert('things', value));
    expect(read(database, (t) => t.get(id, 'user'))).toMatchObject(value as object);
  });

  test('tables get numbers in the order of their first insert', () => {
    const database = open();
    const ids = write(database, (t) => ['a', 'b', 'a'].map((table) => t.insert(table, {})));
    expect(ids.map((id) => decodeDocumentId(id)?.tableNumber)).toEqual([10_001, 10_002, 10_001]);
  });

  test.each<[string, string, JSONValue, string]>([
    ['a list', 'users', [], 'InvalidArgument'],
    ['an encoded value', 'users', { $integer: 'AAAAAAAAAAA=' }, 'InvalidArgument'],
    ['an id', 'users', { _id: 'x' }, 'SystemFieldInInsert'],
    ['a creation time', 'users', { _creationTime: 1 }, 'SystemFieldInInsert'],
    ['an undefined field', 'users', { a: { $undefined: null } }, 'InvalidFieldName'],
    ['a table name with a dash', 'my-users', {}, 'InvalidTableName'],
    ['no table name', '', {}, 'InvalidTableName'],
    ['a system table', '_scheduled_functions', {}, 'WrongTableScope'],
  ])('refuses %s', (_, table, value, code) => {
    const database = open();
    expect(() => write(database, (t) => t.insert(table, value))).toThrow(withCode(code));
    expect(read(database, (t) => t.tableNumberOf('users'))).toBeNull();
  });

  test('a document that the schema does not allow', () => {
    const database = open();
    applySchema(database, usersSchema);
    expect(() => write(database, (t) => t.insert('users', { name: 1 })))
      .toThrowErrorMatchingInlineSnapshot(`
      [BackendError: Failed to insert or update a document in table "users" because it does not match the schema: Value does not match validator.
      Path: .name
      Value: 1.0
      Validator: v.string()]
    `);
    expect(write(database, (t) => t.insert('undeclared', { anything: 1 }))).toMatch(/^j/);
  });

  test('an id field is of its table', () => {
    const database = open();
    applySchema(database, usersSchema);
    const other = write(database, (t) => t.insert('teams', {}));
    const boss = write(database, (t) => t.insert('users', { name: 'a' }));
    write(database, (t) => t.insert('users', { name: 'b', boss }));
    expect(() => write(database, (t) => t.insert('users', { name: 'c', boss: other }))).toThrow(
      withCode('SchemaEnforcementError'),
    );
  });
});

describe('creation times', () => {
  test('rise within a transaction, across transactions and when the clock goes back', () => {
    let now = 1000;
    const database = open({ now: () => now });
    const insert = (t: WriteTransaction) => t.insert('a', {});
    write(database, (t) => Array.from({ length: 100 }, () => insert(t)));
    now = 10;
    write(database, (t) => [insert(t), insert(t)]);
    const times = read(database, (t) => all(t, 'a')).map((document) => document._creationTime);
    expect(times[0]).toBe(1000);
    expect(new Set(times).size).toBe(102);
    expect(times).toEqual(times.toSorted((left, right) => left - right));
    expect(times.at(-1)).toBeLessThan(1000.001);
  });
});

describe('get', () => {
  test.each(['', 'nope', 'j57000820c20a1g7104gm2rc1m70ynr9'])('%j is not an id', (id) => {
    const database = open();
    expect(() => read(database, (t) => t.get(id, 'user'))).toThrow(withCode('InvalidArgument'));
  });

  test('an id that nothing has, of a table that exists or not', () => {
    const database = open();
    write(database, (t) => t.insert('a', {}));
    for (const tableNumber of [10_001, 10_099]) {
      const id = encodeDocumentId({ tableNumber, internalId: createInternalId(0) });
      expect(read(database, (t) => t.get(id, 'user'))).toBeNull();
    }
  });

  test('an id of another table than was said', () => {
    const database = open();
    const id = write(database, (t) => t.insert('a', {}));
    expect(read(database, (t) => t.get(id, 'user', 'a'))).not.toBeNull();
    expect(() => read(database, (t) => t.get(id, 'user', 'b'))).toThrow(
      'it is an ID of table "a", not of "b"',
    );
  });

  test('user and system tables are apart', () => {
    const database = open();
    const [user, job] = write(database, (t) => [
      t.insert('a', {}),
      t.insert('_scheduled_functions', { name: 'a:b' }, 'system'),
    ]);
    expect(decodeDocumentId(job)?.tableNumber).toBe(1);
    expect(read(database, (t) => t.get(job, 'system'))).toMatchObject({ name: 'a:b' });
    expect(() => read(database, (t) => t.get(job, 'user'))).toThrow(withCode('WrongTableScope'));
    expect(() => read(database, (t) => t.get(user, 'system'))).toThrow(withCode('WrongTableScope'));
    expect(() => write(database, (t) => t.patch(job, { name: 'x' }))).toThrow(
      withCode('WrongTableScope'),
    );
    expect(write(database, (t) => t.patch(job, { name: 'x' }, undefined, 'system'))).toMatchObject({
      name: 'x',
    });
    expect(() => write(database, (t) => t.insert('_other', {}, 'system'))).toThrow(
      withCode('UnknownSystemTable'),
    );
  });
});

test('normalizeId', () => {
  const database = open();
  const id = write(database, (t) => t.insert('a', {}));
  read(database, (t) => {
    expect(t.normalizeId('a', id, 'user')).toBe(id);
    expect(t.normalizeId('b', id, 'user')).toBeNull();
    expect(t.normalizeId('a', 'nope', 'user')).toBeNull();
    expect(t.normalizeId('_storage', id, 'system')).toBeNull();
    expect(() => t.normalizeId('_storage', id, 'user')).toThrow(withCode('WrongTableScope'));
  });
});

describe('patch, replace, remove', () => {
  function withUser() {
    const database = open();
    applySchema(database, usersSchema);
    const id = write(database, (t) => t.insert('users', { name: 'Ada', age: 36 }));
    const byName = (name: string): QueryJson => ({
      source: {
        type: 'IndexRange',
        indexName: 'users.by_name',
        range: [{ type: 'Eq', fieldPath: 'name', value: name }],
        order: 'asc',
      },
      operators: [],
    });
    const named = (name: string) =>
      read(database, (t) => drain(t.query(byName(name), 'user'))).length;
    return { database, id, named };
  }

  test('patch merges, removes and moves index entries', () => {
    const { database, id, named } = withUser();
    const after = write(database, (t) =>
      t.patch(id, { name: 'Bob', age: { $undefined: null } }, 'users'),
    );
    expect(after).toEqual({ _id: id, _creationTime: after._creationTime, name: 'Bob' });
    expect(read(database, (t) => t.get(id, 'user'))).toEqual(after);
    expect([named('Ada'), named('Bob')]).toEqual([0, 1]);
  });

  test('replace drops what is not named', () => {
    const { database, id, named } = withUser();
    const before = read(database, (t) => t.get(id, 'user'));
    const after = write(database, (t) => t.replace(id, { name: 'Bob' }));
    expect(after).toEqual({ _id: id, _creationTime: before?._creationTime, name: 'Bob' });
    expect([named('Ada'), named('Bob')]).toEqual([0, 1]);
  });

  test('a document may be written back with its own system fields only', () => {
    const { database, id } = withUser();
    const document = read(database, (t) => t.get(id, 'user'));
    expect(write(database, (t) => t.replace(id, { ...document, name: 'Eve' }))).toMatchObject({
      name: 'Eve',
    });
    for (const change of [{ _id: 'other' }, { _creationTime: 1 }]) {
      expect(() => write(database, (t) => t.patch(id, change))).toThrow(
        withCode('SystemFieldChanged'),
      );
    }
  });

  test('what breaks the schema changes nothing', () => {
    const { database, id, named } = withUser();
    for (const change of [{ name: { $undefined: null } }, { name: null }, { extra: 1 }]) {
      expect(() => write(database, (t) => t.patch(id, change))).toThrow(
        withCode('SchemaEnforcementError'),
      );
    }
    expect(() => write(database, (t) => t.replace(id, { age: 1 }))).toThrow(
      withCode('SchemaEnforcementError'),
    );
    expect(named('Ada')).toBe(1);
  });

  test('remove', () => {
    const { database, id, named } = withUser();
    expect(write(database, (t) => t.remove(id))).toMatchObject({ _id: id, name: 'Ada' });
    expect(read(database, (t) => [t.get(id, 'user'), t.count('users')])).toEqual([null, 0]);
    expect(named('Ada')).toBe(0);
  });

  test('of what is gone', () => {
    const { database, id } = withUser();
    write(database, (t) => t.remove(id));
    const gone = withCode('NonexistentDocument');
    expect(() => write(database, (t) => t.patch(id, {}))).toThrow(gone);
    expect(() => write(database, (t) => t.replace(id, { name: 'x' }))).toThrow(gone);
    expect(() => write(database, (t) => t.remove(id))).toThrow(
      `Delete on nonexistent document ID ${id}`,
    );
    expect(() => write(database, (t) => t.remove(id, 'teams'))).toThrow(
      withCode('InvalidArgument'),
    );
  });
});

describe('transactions', () => {
  test('see their own writes, others do not until the commit', () => {
    const database = open();
    write(database, (t) => t.insert('a', { n: 1 }));
    const before = database.beginRead();
    const group = database.beginGroup();
    const writer = group.begin();
    const id = writer.insert('a', { n: 2 });
    writer.insert('b', {});
    expect(all(writer, 'a')).toHaveLength(2);
    expect(read(database, (t) => [t.get(id, 'user'), t.count('a'), t.tableNumberOf('b')])).toEqual([
      null,
      1,
      null,
    ]);
    const timestamp = writer.commit();
    group.commit();
    expect(read(database, (t) => [t.timestamp, t.count('a'), t.count('b')])).toEqual([
      timestamp,
      2,
      1,
    ]);
    // A snapshot that began earlier stays as it was.
    expect([before.get(id, 'user'), before.count('a'), all(before, 'a').length]).toEqual([
      null,
      1,
      1,
    ]);
    expect(before.timestamp).toBeLessThan(timestamp);
    before.end();
  });

  test('end without a commit rolls everything back, new tables too', () => {
    const database = open();
    const group = database.beginGroup();
    const writer = group.begin();
    const id = writer.insert('a', {});
    writer.end();
    writer.end();
    group.commit();
    expect(read(database, (t) => [t.get(id, 'user'), t.tableNumberOf('a')])).toEqual([null, null]);
    expect(write(database, (t) => t.insert('b', {}))).toMatch(/^j/);
  });

  test('sub-transactions', () => {
    const database = open();
    write(database, (t) => {
      t.insert('a', { n: 1 });
      const outer = t.savepoint();
      t.insert('a', { n: 2 });
      const inner = t.savepoint();
      const id = t.insert('new', { n: 3 });
      inner.rollback();
      expect(t.tableNumberOf('new')).toBeNull();
      expect(t.get(id, 'user')).toBeNull();
      const other = t.savepoint();
      t.insert('a', { n: 4 });
      other.release();
      outer.release();
    });
    expect(read(database, (t) => all(t, 'a')).map(({ n }) => n)).toEqual([1, 2, 4]);
  });

  test('a rolled back outer takes the released inner with it', () => {
    const database = open();
    write(database, (t) => {
      const outer = t.savepoint();
      const inner = t.savepoint();
      t.insert('a', {});
      inner.release();
      outer.rollback();
    });
    expect(read(database, (t) => t.count('a'))).toBe(0);
  });

  test('out of order is a programming error', () => {
    const database = open();
    const writer = database.beginGroup().begin();
    const outer = writer.savepoint();
    writer.savepoint();
    expect(() => outer.release()).toThrow('innermost first');
    expect(() => writer.commit()).toThrow('still open');
    writer.end();
  });

  test('one writer at a time', () => {
    const database = open();
    const group = database.beginGroup();
    expect(() => database.beginGroup()).toThrow('already open');
    group.end();
    database.beginGroup().end();
  });

  test('nothing works after the end', () => {
    const database = open();
    const id = write(database, (t) => t.insert('a', {}));
    const ended = withCode('TransactionEnded');
    const reader = database.beginRead();
    const readStream = reader.query(scan('a'), 'user');
    reader.end();
    reader.end();
    expect(() => reader.get(id, 'user')).toThrow(ended);
    expect(() => readStream.next()).toThrow(ended);
    const writer = database.beginGroup().begin();
    const writeStream = writer.query(scan('a'), 'user');
    writer.commit();
    expect(() => writeStream.next()).toThrow(ended);
    expect(() => writer.insert('a', {})).toThrow(ended);
    expect(() => writer.get(id, 'user')).toThrow(ended);
    expect(() => writer.savepoint()).toThrow(ended);
    expect(() => writer.commit()).toThrow(ended);
  });

  test('many snapshots at once', () => {
    const database = open();
    const readers = Array.from({ length: 20 }, (_, count) => {
      const reader = database.beginRead();
      write(database, (t) => t.insert('a', { count }));
      return reader;
    });
    expect(readers.map((reader) => all(reader, 'a').length)).toEqual(
      readers.map((_, index) => index),
    );
    for (const reader of readers) reader.end();
    expect(read(database, (t) => t.count('a'))).toBe(20);
  });

  test('commit timestamps are nanoseconds, rise, and stand still where nothing was written', () => {
    let now = 1_700_000_000_000;
    const database = open({ now: () => now });
    const commit = (isWriting: boolean): bigint => {
      write(database, (t) => (isWriting ? t.insert('a', {}) : null));
      return database.timestamp;
    };
    expect([commit(true), commit(true), commit(false)]).toEqual([
      1_700_000_000_000_000_000n,
      1_700_000_000_000_000_001n,
      1_700_000_000_000_000_001n,
    ]);
    now = 5;
    expect(commit(true)).toBe(1_700_000_000_000_000_002n);
  });
});
