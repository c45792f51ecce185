import { expect, onTestFinished, test } from 'vitest';
import { parseSchema } from '../schema/schema.ts';
import { Database } from '../storage/database.ts';
import { applySchema, write as commit } from '../storage/transact.fixture.ts';
import type { DocumentJson, QueryJson, ReadTransaction, WriteTransaction } from './transaction.ts';

const START = 1_700_000_000_000;

/** A database whose clock goes on by itself only where a test says so. */
function open() {
  const clock = { now: START };
  const database = Database.open({ file: ':memory:', now: () => clock.now });
  onTestFinished(() => database.close());
  const write = <T>(body: (transaction: WriteTransaction) => T): T => commit(database, body);
  const readAt = <T>(timestamp: bigint, body: (transaction: ReadTransaction) => T): T => {
    const transaction = database.beginReadAt(timestamp);
    try {
      return body(transaction);
    } finally {
      transaction.end();
    }
  };
  return { clock, database, write, readAt };
}

const source = { type: 'FullTableScan', tableName: 'items', order: null } as const;
const ALL: QueryJson = { source, operators: [] };

function all(transaction: ReadTransaction, query: QueryJson = ALL): DocumentJson[] {
  const documents: DocumentJson[] = [];
  const stream = transaction.query(query, 'user');
  for (let next = stream.next(); next !== null; next = stream.next()) documents.push(next);
  return documents;
}

test('a former state is all there: what was changed, removed and not there yet', () => {
  const { database, write, readAt } = open();
  const ids = write((t) => [0, 1, 2].map((n) => t.insert('items', { n })));
  const [first = '', second = ''] = ids;
  const then = database.timestamp;
  write((t) => t.patch(first, { n: 10 }));
  write((t) => t.patch(first, { n: 11 }));
  const between = database.timestamp;
  write((t) => t.remove(second));
  const late = write((t) => t.insert('items', { n: 3 }));
  write((t) => t.insert('others', {}));

  readAt(then, (t) => {
    expect(t.timestamp).toBe(then);
    expect(all(t).map(({ n }) => n)).toEqual([0, 1, 2]);
    expect(t.get(first, 'user')).toMatchObject({ n: 0 });
    expect(t.get(second, 'user')).toMatchObject({ n: 1 });
    expect(t.get(late, 'user')).toBeNull();
    expect(t.count('items')).toBe(3);
    expect(t.count('others')).toBe(0);
  });
  readAt(between, (t) => expect(all(t).map(({ n }) => n)).toEqual([11, 1, 2]));
  readAt(database.timestamp, (t) => expect(all(t).map(({ n }) => n)).toEqual([11, 2, 3]));
});

test('a former state is found through indexes that came later', () => {
  const { database, write, readAt } = open();
  const ids = write((t) => [0, 1, 2].map((n) => t.insert('items', { n })));
  const then = database.timestamp;
  write((t) => t.patch(ids[0] ?? '', { n: 5 }));
  const indexes = [{ indexDescriptor: 'by_n', fields: ['n'] }];
  applySchema(database, parseSchema({ tables: [{ tableName: 'items', indexes }] }));
  const query: QueryJson = {
    source: { type: 'IndexRange', indexName: 'items.by_n', range: [], order: 'desc' },
    operators: [],
  };
  readAt(then, (t) => expect(all(t, query).map(({ n }) => n)).toEqual([2, 1, 0]));
  readAt(database.timestamp, (t) => expect(all(t, query).map(({ n }) => n)).toEqual([5, 2, 1]));
});

test('what was rolled back is no part of any state', () => {
  const { database, write, readAt } = open();
  const id = write((t) => t.insert('items', { n: 0 }));
  const then = database.timestamp;
  write((t) => {
    const sub = t.savepoint();
    t.patch(id, { n: 1 });
    sub.rollback();
    t.insert('items', { n: 2 });
  });
  const given = database.beginGroup();
  given.begin().patch(id, { n: 3 });
  given.end();
  readAt(then, (t) => expect(all(t).map(({ n }) => n)).toEqual([0]));
  readAt(database.timestamp, (t) => expect(all(t).map(({ n }) => n)).toEqual([0, 2]));
});

test('a state lasts for 30 seconds after the commit that followed it', () => {
  const { clock, database, write, readAt } = open();
  const gone = expect.objectContaining({ code: 'OutOfRetention', status: 503 });
  write((t) => t.insert('items', { n: 0 }));
  const then = database.timestamp;
  clock.now += 3_600_000;
  readAt(then, (t) => expect(t.count('items')).toBe(1));
  write((t) => t.insert('items', { n: 1 }));
  clock.now += 30_000;
  readAt(then, (t) => expect(t.count('items')).toBe(1));
  clock.now += 1;
  expect(() => database.beginReadAt(then)).toThrow(gone);
  readAt(database.timestamp, (t) => expect(t.count('items')).toBe(2));
  expect(() => database.beginReadAt(0n)).toThrow(gone);
});

test('a state that is still to come cannot be read', () => {
  const { database, write } = open();
  write((t) => t.insert('items', {}));
  expect(() => database.beginReadAt(database.timestamp + 1n)).toThrow(
    expect.objectContaining({ code: 'TimestampInFuture', status: 400 }),
  );
});

test('many large writes shorten the past instead of filling the memory', () => {
  const { database, write, readAt } = open();
  const text = 'x'.repeat(1_000_000);
  const id = write((t) => t.insert('items', { text, n: 0 }));
  const timestamps = Array.from({ length: 50 }, (_, n) => {
    write((t) => t.patch(id, { n }));
    return database.timestamp;
  });
  const [first = 0n] = timestamps;
  expect(() => database.beginReadAt(first)).toThrow(
    expect.objectContaining({ code: 'OutOfRetention' }),
  );
  readAt(timestamps[40] ?? 0n, (t) => expect(t.get(id, 'user')).toMatchObject({ n: 40 }));
});
