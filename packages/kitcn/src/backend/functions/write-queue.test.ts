import { AsyncLocalStorage } from 'node:async_hooks';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { Database } from '../storage/database.ts';
import { createTemporaryFile } from '../storage/temporary-file.ts';
import { systemClock } from '../system-clock.ts';
import { Transactions } from './transactions.ts';
import type { WriteState } from './transactions.ts';
import type { WriteGroup } from '../transaction/write-group.ts';
import { WriteQueue } from './write-queue.ts';

interface Store extends Disposable {
  readonly database: Database;
  readonly transactions: Transactions;
  /** Timestamps of the commits that subscribers heard of. */
  readonly heard: bigint[];
  texts(): unknown[];
}

/** A database whose commits wait for the disk. */
function openStore(): Store {
  const temporary = createTemporaryFile('data.sqlite');
  const database = Database.open({ file: temporary.file });
  const heard: bigint[] = [];
  const events = {
    onScheduled: () => {},
    onCommit: (_changes: unknown, timestamp: bigint) => heard.push(timestamp),
  };
  // On a busy machine a group could have had its time before it is complete.
  const worlds = { clock: { ...systemClock, now: () => 1_000_000 } };
  return {
    database,
    transactions: new Transactions(database, events, worlds),
    heard,
    texts() {
      const snapshot = database.beginRead();
      const source = { type: 'FullTableScan', tableName: 'rows', order: 'asc' } as const;
      const stream = snapshot.query({ source, operators: [] }, 'user');
      const texts: unknown[] = [];
      for (let row = stream.next(); row !== null; row = stream.next()) texts.push(row.text);
      snapshot.end();
      return texts;
    },
    [Symbol.dispose]() {
      database.close();
      temporary.remove();
    },
  };
}

const insert =
  (text: string) =>
  ({ transaction }: WriteState): string =>
    transaction.insert('rows', { text });

test('writes that come together share a commit, each with a timestamp of its own', async () => {
  using store = openStore();
  const { database, transactions, heard } = store;
  const before = database.timestamp;
  const committedBefore: bigint[] = [];
  const told: { text: string; at: bigint }[] = [];
  const write = (text: string): Promise<string> =>
    transactions.write(
      (state) => {
        committedBefore.push(database.timestamp);
        return insert(text)(state);
      },
      (_id, at) => told.push({ text, at }),
    );
  await Promise.all(['a', 'b', 'c'].map(write));
  expect(committedBefore).toEqual([before, before, before]);
  expect(store.texts()).toEqual(['a', 'b', 'c']);
  expect(told.map(({ text }) => text)).toEqual(['a', 'b', 'c']);
  const times = told.map(({ at }) => at);
  expect(heard).toEqual(times);
  expect(new Set(times).size).toBe(3);
  expect(database.timestamp).toBe(times.at(-1));
});

test('each goes on in the asynchronous context of its own call', async () => {
  using store = openStore();
  const names = new AsyncLocalStorage<string>();
  const write = (name: string): Promise<unknown> =>
    names.run(name, () => store.transactions.write(() => names.getStore()));
  expect(await Promise.all(['a', 'b', 'c'].map(write))).toEqual(['a', 'b', 'c']);
});

test('each sees what those before it wrote, and one that fails leaves nothing', async () => {
  using store = openStore();
  const { transactions } = store;
  let id = '';
  const writes = [
    transactions.write((state) => {
      id = insert('a')(state);
    }),
    transactions.write((state) => {
      insert('lost')(state);
      state.transaction.insert('lost', { text: 'with its table' });
      throw new TypeError(String(state.transaction.get(id, 'user')?.text));
    }),
    transactions.write((state) => {
      state.transaction.patch(id, { text: 'b' });
      insert('c')(state);
    }),
  ];
  const results = await Promise.allSettled(writes);
  expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  expect(results[1]).toMatchObject({ reason: { name: 'TypeError', message: 'a' } });
  expect(store.texts()).toEqual(['b', 'c']);
  expect(transactions.tableNumberOf('lost')).toBeNull();
});

test('nobody is told before the commit, and all are refused if it fails', async () => {
  using store = openStore();
  const { database, transactions, heard } = store;
  const told: string[] = [];
  const results = await Promise.allSettled([
    transactions.write(insert('a'), () => told.push('a')),
    transactions.write(({ transaction }) => {
      // What SQLite does by itself when the disk fails.
      transaction.connection.execute('ROLLBACK');
      throw new TypeError('the disk failed');
    }),
    transactions.write(insert('c'), () => told.push('c')),
  ]);
  expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'fulfilled']);
  expect(results[0]).toMatchObject({ reason: { message: 'the disk failed' } });
  expect(told).toEqual(['c']);
  expect(heard).toEqual([database.timestamp]);
  expect(store.texts()).toEqual(['c']);
});

test('a write that has no room takes its group with it, caught or not, and the queue goes on', async () => {
  using store = openStore();
  const { transactions, heard } = store;
  await transactions.write(insert('before'));
  const limitPages = async (count: number): Promise<void> =>
    transactions.write(({ transaction }) => {
      transaction.connection.first(`PRAGMA max_page_count = ${count}`);
    });
  // SQLite goes to no less than there are.
  await limitPages(1);
  const large = 'x'.repeat(500_000);
  const results = await Promise.allSettled([
    transactions.write(insert('a')),
    transactions.write((state) => {
      try {
        insert(large)(state);
      } catch {
        // As user code may.
      }
      insert('b')(state);
    }),
    transactions.write(insert('c')),
  ]);
  expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'fulfilled']);
  for (const result of results.slice(0, 2)) {
    expect(result).toMatchObject({ reason: { code: 'DiskFull' } });
  }
  expect(store.texts()).toEqual(['before', 'c']);
  await limitPages(1_000_000);
  await transactions.write(insert(large));
  expect(store.texts()).toEqual(['before', 'c', large]);
  // Of those three; what wrote nothing has the time of the one before.
  expect(new Set(heard).size).toBe(3);
});

test('a listener that throws fails its own write, and no other', async () => {
  using store = openStore();
  const results = await Promise.allSettled([
    store.transactions.write(insert('a'), () => {
      throw new TypeError('a bad listener');
    }),
    store.transactions.write(insert('b')),
  ]);
  expect(results.map(({ status }) => status)).toEqual(['rejected', 'fulfilled']);
  await store.transactions.write(insert('c'));
  expect(store.texts()).toEqual(['a', 'b', 'c']);
});

test('work that must be alone waits for the commit of those before it, and those after wait for it', async () => {
  using store = openStore();
  const { transactions } = store;
  const seen: unknown[] = [];
  await Promise.all([
    transactions.write(insert('a')),
    transactions.write(insert('b')),
    transactions.exclusive(() => seen.push(store.texts())),
    transactions.write(insert('c')),
    transactions.exclusive(() => seen.push(store.texts())),
  ]);
  expect(seen).toEqual([
    ['a', 'b'],
    ['a', 'b', 'c'],
  ]);
});

test('after a group, a write that is alone waits for those that come a little later', async () => {
  using store = openStore();
  const openGroup = (): WriteGroup => {
    const group = store.database.beginGroup();
    const commit = group.commit.bind(group);
    group.commit = () => {
      // A disk that takes its time.
      for (const start = performance.now(); performance.now() - start < 20;);
      commit();
    };
    return group;
  };
  const queue = new WriteQueue({ openGroup, isGrouping: true, clock: systemClock });
  const write = (): Promise<WriteGroup> =>
    new Promise((resolve, reject) => {
      let group: WriteGroup;
      const run = async (mine: WriteGroup): Promise<void> => {
        group = mine;
        mine.begin().commit();
      };
      queue.add({ run, onCommitted: () => resolve(group), onLost: reject });
    });
  const writeLater = async (): Promise<WriteGroup> => {
    for (let turn = 0; turn < 5; turn++) await nextTurn();
    return write();
  };
  // A machine that is busy may let the time pass, but not always.
  for (;;) {
    await Promise.all([write(), write()]);
    const [first, second] = await Promise.all([write(), writeLater()]);
    if (first === second) return;
  }
});

test('the next state after a reopening is that of all acknowledged writes', async () => {
  const temporary = createTemporaryFile('data.sqlite');
  const { file } = temporary;
  const first = Database.open({ file });
  const events = { onScheduled: () => {}, onCommit: () => {} };
  // On a busy machine a group could have had its time before it is complete.
  const worlds = { clock: { ...systemClock, now: () => 1_000_000 } };
  const transactions = new Transactions(first, events, worlds);
  await Promise.all(
    Array.from({ length: 300 }, (_, index) => transactions.write(insert(`${index}`))),
  );
  const { timestamp } = first;
  first.close();
  const second = Database.open({ file });
  expect(second.timestamp).toBe(timestamp);
  const reader = second.beginRead();
  expect(reader.count('rows')).toBe(300);
  reader.end();
  second.close();
  temporary.remove();
});
