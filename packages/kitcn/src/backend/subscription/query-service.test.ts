import { setImmediate } from 'node:timers/promises';
import { expect, test } from 'vitest';
import type { UserIdentity } from '../functions/function-host.ts';
import { openService, watch } from './query-service.fixture.ts';
import type { TestQuery } from './query-service.fixture.ts';

const scanOf = (tableName: string) =>
  ({ source: { type: 'FullTableScan', tableName, order: null }, operators: [] }) as const;

const first: TestQuery = (transaction) =>
  transaction.query(scanOf('items'), 'user').next()?.['name'] ?? null;
const count: TestQuery = (transaction) => transaction.count('items');
const missing: TestQuery = (transaction) =>
  transaction.query(scanOf('others'), 'user').next()?.['name'] ?? null;
const who: TestQuery = (_transaction, { identity }, observed) => {
  observed.identity = true;
  return identity?.subject ?? null;
};
const clock: TestQuery = (_transaction, _request, observed) => {
  observed.clock = true;
  return 1;
};
const journalOf: TestQuery = (_transaction, { journal }) => journal;
const QUERIES = { first, count, missing, who, clock, journalOf };

const user = (subject: string): UserIdentity => ({
  subject,
  issuer: 'https://issuer.test',
  tokenIdentifier: `https://issuer.test|${subject}`,
});
const asking = (path: string, identity: UserIdentity | null = null) => ({
  path,
  args: {},
  identity,
  isAdmin: false,
  journal: null,
});

test('a set is told once that it is stale, and runs what the commit touched', async () => {
  const { advance, write, runs, stale } = openService(QUERIES);
  await write((transaction) => transaction.insert('items', { name: 'a' }));
  const opened = await advance(1, { add: [watch(0, 'first'), watch(1, 'count')] });
  expect(opened.changed.map(({ id }) => id)).toEqual([0, 1]);
  await write((transaction) => transaction.insert('items', { name: 'b' }));
  await write((transaction) => transaction.insert('items', { name: 'c' }));
  expect(stale).toEqual([1]);
  expect(runs).toEqual(['first', 'count']);
  const { changed } = await advance(1);
  expect(changed).toEqual([{ id: 1, members: expect.stringContaining('"value":3') }]);
  expect(runs).toEqual(['first', 'count', 'count']);
});

test('creating the table that a query missed makes it stale', async () => {
  const { advance, write, stale } = openService(QUERIES);
  await advance(1, { add: [watch(0, 'missing')] });
  await write((transaction) => transaction.insert('items', { name: 'a' }));
  expect(stale).toEqual([]);
  await write((transaction) => transaction.insert('others', { name: 'b' }));
  expect(stale).toEqual([1]);
  expect((await advance(1)).changed[0]?.members).toContain('"value":"b"');
});

test('what a rolled-back part of a transaction wrote concerns nobody', async () => {
  const { advance, write, stale } = openService(QUERIES);
  await advance(1, { add: [watch(0, 'count')] });
  await write((transaction) => {
    const savepoint = transaction.savepoint();
    transaction.insert('items', { name: 'a' });
    savepoint.rollback();
  });
  await expect(
    write((transaction) => {
      transaction.insert('items', { name: 'b' });
      throw new TypeError('undone');
    }),
  ).rejects.toThrow('undone');
  expect(stale).toEqual([]);
});

test('one run serves all that ask at one moment, then the cache does', async () => {
  const { advance, service, runs } = openService(QUERIES);
  const sets = Array.from({ length: 10 }, (_, index) => index);
  await Promise.all(sets.map((setId) => advance(setId, { add: [watch(0, 'count')] })));
  await service.answer([asking('count'), asking('count')], 1);
  await advance(99, { add: [watch(7, 'count')], identity: user('ada') });
  expect(runs).toEqual(['count']);
});

test('a result is shared between identities unless it depends on them', async () => {
  const { advance, service, runs } = openService(QUERIES);
  const identities = [null, user('ada'), user('bob')];
  const answers = await Promise.all(
    identities.flatMap((identity) =>
      ['count', 'who'].map(async (path) => {
        const [answer] = await service.answer([asking(path, identity)], 1);
        return answer?.result;
      }),
    ),
  );
  expect(answers).toMatchObject([0, null, 0, 'ada', 0, 'bob'].map((value) => ({ value })));
  expect(runs.sort()).toEqual(['count', 'who', 'who', 'who']);
  const add = [watch(0, 'count'), watch(1, 'who')];
  await advance(1, { add, identity: user('ada') });
  const { changed } = await advance(1, { identity: user('eve') });
  expect(changed.map(({ id }) => id)).toEqual([1]);
  // An admin may see other functions.
  await advance(1, { identity: user('eve'), isAdmin: true });
  expect(runs.slice(4).sort()).toEqual(['count', 'who', 'who']);
});

test('one query with two journals has two results', async () => {
  const { advance, service, runs } = openService(QUERIES);
  const journals = ['a', 'b', null, 'a'];
  const requests = journals.map((journal) => ({ ...asking('journalOf'), journal }));
  const answers = await service.answer(requests, 1);
  expect(answers).toMatchObject(journals.map((value) => ({ result: { value } })));
  const add = journals.map((journal, id) => ({ ...watch(id, 'journalOf'), journal }));
  const { changed } = await advance(1, { add });
  expect(changed.map(({ members }) => /"value":("?\w+"?)/.exec(members)?.[1])).toEqual(
    journals.map((journal) => JSON.stringify(journal)),
  );
  // The cache knows them apart, too.
  expect(runs).toEqual(['journalOf', 'journalOf', 'journalOf']);
});

test('a result that depends on the clock is kept for its watchers, and not for long for others', async () => {
  const { advance, clock, service, runs } = openService(QUERIES);
  await advance(1, { add: [watch(0, 'clock')] });
  await service.answer([asking('clock')], 1);
  expect(runs.length).toBe(1);
  clock.moveTo(clock.now() + 1_001);
  await service.answer([asking('clock')], 1);
  expect(runs.length).toBe(2);
  expect((await advance(1)).changed).toEqual([]);
  expect(runs.length).toBe(2);
});

test('the cache is bounded; what is watched is known all the same', async () => {
  const { advance, write, service, runs, stale } = openService(
    { ...QUERIES, big: (transaction) => `${transaction.count('items')}`.padEnd(1_000) },
    20_000,
  );
  await advance(1, { add: [watch(0, 'big', { number: 0 })] });
  const ask = (number: number) => service.answer([{ ...asking('big'), args: { number } }], 1);
  for (let number = 1; number <= 20; number++) await ask(number);
  runs.length = 0;
  await ask(20);
  expect(runs).toEqual([]);
  await ask(1);
  expect(runs).toEqual(['big']);
  await write((transaction) => transaction.insert('items', {}));
  expect(stale).toEqual([1]);
});

test('all results of a set are of one moment, whatever is written meanwhile', async () => {
  const slow: TestQuery = async (transaction) => {
    for (let tick = 0; tick < 3; tick++) await setImmediate();
    return transaction.count('items');
  };
  const { advance, write, stale } = openService({ slow, other: slow });
  const advancing = advance(1, { add: [watch(0, 'slow'), watch(1, 'other')] });
  await setImmediate();
  await write((transaction) => transaction.insert('items', {}));
  const { changed, timestamp } = await advancing;
  expect(changed.map(({ members }) => /"value":(\d)/.exec(members)?.[1])).toEqual(['0', '0']);
  expect(stale).toEqual([1]);
  const next = await advance(1);
  expect(next.timestamp).toBeGreaterThan(timestamp);
  expect(next.changed.map(({ members }) => /"value":(\d)/.exec(members)?.[1])).toEqual(['1', '1']);
});

test('new code makes everything stale, runs under way included', async () => {
  let version = 1;
  const { advance, service, stale } = openService({
    async versioned() {
      const seen = version;
      await setImmediate();
      return seen;
    },
  });
  const advancing = advance(1, { add: [watch(0, 'versioned')] });
  await Promise.resolve();
  version = 2;
  service.invalidateAll();
  await advancing;
  expect(stale).toEqual([1]);
  expect((await advance(1)).changed[0]?.members).toContain('"value":2');
  service.invalidateAll();
  expect(stale).toEqual([1, 1]);
  expect((await advance(1)).changed).toEqual([]);
});

test('a closed or removed query is not heard of again', async () => {
  const { advance, write, service, runs, stale } = openService(QUERIES);
  await advance(1, { add: [watch(0, 'count'), watch(1, 'first')] });
  await advance(1, { remove: [0] });
  await advance(2, { add: [watch(0, 'count')] });
  service.closeSet(2);
  await write((transaction) => transaction.insert('items', { name: 'a' }));
  expect(stale).toEqual([1]);
  await advance(1);
  expect(runs).toEqual(['count', 'first', 'first']);
});

test('time passes for a client that has seen a later one', async () => {
  const { advance, database } = openService(QUERIES);
  const later = BigInt(Date.now() - 10) * 1_000_000n;
  expect(database.timestamp).toBeLessThan(later);
  const { timestamp } = await advance(1, { notBefore: later });
  expect(timestamp).toBeGreaterThanOrEqual(later);
  expect((await advance(1, { notBefore: later })).timestamp).toBe(timestamp);
});

test('a system error rejects, and the next time it is tried again', async () => {
  let isBroken = true;
  const { service, database } = openService({
    broken() {
      if (isBroken) throw new TypeError('disk on fire');
      return 1;
    },
  });
  await expect(service.answer([asking('broken')], 1)).rejects.toThrow('disk on fire');
  isBroken = false;
  expect((await service.answer([asking('broken')], 1))[0]?.result).toMatchObject({ value: 1 });
  expect(database.timestamp).toBe(0n);
});
