import { getDocumentSize } from 'convex/values';
import { describe, expect, onTestFinished, test } from 'vitest';
import { Database } from '../storage/database.ts';
import { TRANSACTION_LIMITS, TransactionUsage } from './transaction-usage.ts';
import type { QueryJson, ReadTransaction, WriteTransaction } from './transaction.ts';
import type { TransactionMetric } from './transaction-usage.ts';

function beginWrite(): WriteTransaction {
  const database = Database.open({ file: ':memory:' });
  onTestFinished(() => database.close());
  return database.beginGroup().begin();
}

const SCAN: QueryJson = {
  source: { type: 'FullTableScan', tableName: 'items', order: null },
  operators: [{ filter: { $eq: [{ $field: 'n' }, { $literal: -1 }] } }],
};

function scan(transaction: ReadTransaction): void {
  const stream = transaction.query(SCAN, 'user');
  while (stream.next() !== null);
}

const used = (transaction: ReadTransaction, metric: TransactionMetric): number =>
  transaction.usage.metrics()[metric].used;

const REFUSED: [TransactionMetric, string, string, (usage: TransactionUsage) => void][] = [
  [
    'documentsRead',
    'TooManyDocumentsRead',
    'Too many documents read in a single function execution (limit: 32000). Consider using smaller limits in your queries, paginating your queries, or using indexed queries with a selective index range expressions.',
    (usage) => usage.countRead(1),
  ],
  [
    'bytesRead',
    'TooManyBytesRead',
    'Too many bytes read in a single function execution (limit: 16777216 bytes).',
    (usage) => usage.countRead(1024),
  ],
  [
    'databaseQueries',
    'TooManyReads',
    'Too many reads in a single function execution (limit: 4096).',
    (usage) => usage.countQuery(),
  ],
  [
    'documentsWritten',
    'TooManyWrites',
    'Too many writes in a single function execution (limit: 16000)',
    (usage) => usage.countWrite(1),
  ],
  [
    'bytesWritten',
    'TooManyBytesWritten',
    'Too many bytes written in a single function execution (limit: 16777216 bytes)',
    (usage) => usage.countWrite(2048),
  ],
  [
    'functionsScheduled',
    'TooManyFunctionsScheduled',
    'Too many functions scheduled by this mutation (limit: 1000)',
    (usage) => usage.countScheduled(1),
  ],
  [
    'scheduledFunctionArgsBytes',
    'ScheduledFunctionsArgumentsTooLarge',
    'Too large total size of the arguments of scheduled functions from this mutation (limit: 16777216 bytes)',
    (usage) => usage.countScheduled(64 * 1024),
  ],
];

test.each(REFUSED)('%s', (metric, code, words, count) => {
  const usage = new TransactionUsage();
  const { most } = TRANSACTION_LIMITS[metric];
  const step = (): number => {
    const before = usage.metrics()[metric].used;
    count(usage);
    return usage.metrics()[metric].used - before;
  };
  const size = step();
  for (let total = size; total < most; total += size) step();
  expect(usage.metrics()[metric]).toEqual({ used: most, remaining: 0 });
  const before = usage.metrics();
  expect(step).toThrow(
    expect.objectContaining({ code, status: 400, message: expect.stringContaining(words) }),
  );
  expect(usage.metrics()).toEqual(before);
});

describe('what counts', () => {
  test('documents that a filter drops, by their size as Convex counts it', () => {
    const transaction = beginWrite();
    const id = transaction.insert('items', { text: 'é', n: 1 });
    const document = { text: 'é', n: 1, _id: id, _creationTime: 1 };
    const size = getDocumentSize(document);
    expect(used(transaction, 'bytesWritten')).toBe(size);
    scan(transaction);
    expect(transaction.usage.metrics()).toMatchObject({
      databaseQueries: { used: 1 },
      documentsRead: { used: 1 },
      bytesRead: { used: size },
    });
    transaction.patch(id, { text: 'longer' });
    const patched = getDocumentSize({ ...document, text: 'longer' });
    expect(used(transaction, 'bytesWritten')).toBe(size + patched);
    transaction.get(id, 'user');
    expect(used(transaction, 'bytesRead')).toBe(2 * size + patched);
    transaction.remove(id);
    expect(used(transaction, 'documentsWritten')).toBe(3);
    expect(transaction.get(id, 'user')).toBeNull();
    expect(used(transaction, 'databaseQueries')).toBe(5);
    expect(used(transaction, 'documentsRead')).toBe(4);
  });

  test('system tables do not', () => {
    const transaction = beginWrite();
    const id = transaction.insert('_scheduled_functions', { name: 'a:b' }, 'system');
    transaction.patch(id, { name: 'c:d' }, '_scheduled_functions', 'system');
    transaction.get(id, 'system');
    expect(transaction.usage.metrics()).toEqual(new TransactionUsage().metrics());
  });

  test('a sub-transaction that is rolled back takes its writes back, not its reads', () => {
    const transaction = beginWrite();
    const id = transaction.insert('items', {});
    const sub = transaction.savepoint();
    transaction.patch(id, { n: 1 });
    transaction.usage.countScheduled(5);
    sub.rollback();
    const kept = transaction.savepoint();
    transaction.insert('items', {});
    kept.release();
    expect(transaction.usage.metrics()).toMatchObject({
      documentsWritten: { used: 2 },
      functionsScheduled: { used: 0 },
      scheduledFunctionArgsBytes: { used: 0 },
      documentsRead: { used: 1 },
    });
  });
});

test('what was refused is not done, and what was done before can be committed', () => {
  const transaction = beginWrite();
  const { most } = TRANSACTION_LIMITS.documentsWritten;
  for (let count = 0; count < most; count += 1) transaction.insert('items', {});
  expect(() => transaction.insert('items', {})).toThrow('Too many writes');
  expect(transaction.count('items')).toBe(most);
  transaction.commit();
});

test('the limits of a nested call are its own, and never higher than those around it', () => {
  const usage = new TransactionUsage();
  usage.countQuery();
  const raise = usage.lower({ databaseQueries: 2, documentsRead: 1_000_000 });
  expect(usage.metrics()).toMatchObject({
    databaseQueries: { used: 1, remaining: 2 },
    documentsRead: { remaining: 32_000 },
  });
  const raiseInner = usage.lower({ databaseQueries: 5, documentsWritten: -1 });
  expect(usage.metrics()).toMatchObject({
    databaseQueries: { remaining: 2 },
    documentsWritten: { remaining: 0 },
  });
  raiseInner();
  usage.countQuery();
  usage.countQuery();
  expect(() => usage.countQuery()).toThrow('(limit: 3)');
  raise();
  expect(usage.metrics()).toMatchObject({ databaseQueries: { used: 3, remaining: 4_093 } });
});
