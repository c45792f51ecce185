import { expect, test } from 'vitest';
import { SERVER, temporaryHost } from './temporary-host.fixture.ts';

const LIMITS = `${SERVER}
const fill = async (ctx, count) => {
  for (let n = 0; n < count; n += 1) await ctx.db.insert('items', { n });
};
export const add = mutation((ctx, { count }) => fill(ctx, count));
export const count = query(async (ctx) => (await ctx.db.query('items').collect()).length);
export const metrics = query((ctx) => ctx.meta.getTransactionMetrics());
export const metricsInAction = action(() => Convex.asyncSyscall('1.0/getTransactionMetrics', '{}'));

export const manyReads = query(async (ctx) => {
  for (let n = 0; n < 5000; n += 1) await ctx.db.query('items').first();
});
export const manyReadsTogether = mutation(async (ctx) => {
  for (let n = 0; n < 5; n += 1) await ctx.runQuery(ref('limits:thousandReads'), {});
});
export const thousandReads = query(async (ctx) => {
  for (let n = 0; n < 1000; n += 1) await ctx.db.query('items').first();
});
export const caught = mutation(async (ctx) => {
  await fill(ctx, 10);
  const call = ctx.runMutation(ref('limits:add'), { count: 20 }, { transactionLimits: { documentsWritten: 15 } });
  const message = await call.then(() => 'done', (error) => error.message);
  await fill(ctx, 1);
  const { documentsWritten, functionsScheduled } = await ctx.meta.getTransactionMetrics();
  return { message, documentsWritten, functionsScheduled };
});

export const nothing = internalMutation(() => {});
export const schedule = mutation(async (ctx, { count, text }) => {
  for (let n = 0; n < count; n += 1) await ctx.scheduler.runAfter(1e9, ref('limits:nothing'), { text });
  const { functionsScheduled, scheduledFunctionArgsBytes } = await ctx.meta.getTransactionMetrics();
  return [functionsScheduled.used, scheduledFunctionArgsBytes.used];
});

const MEGABYTE = 'x'.repeat(1024 * 1024);
export const large = query((ctx, { count }) => Array.from({ length: count }, () => MEGABYTE));
export const largeArgs = action(async (ctx, { count }) => {
  await ctx.runQuery(ref('limits:nothingRead'), { list: Array.from({ length: count }, () => MEGABYTE) });
});
export const nothingRead = query(() => null);
export const long = query(() => Array.from({ length: 20_000 }, (_, n) => n));
export const deep = query((ctx, { levels }) => {
  let value = 1;
  for (let level = 0; level < levels; level += 1) value = [value];
  return value;
});
`;

test('limits are those of the whole transaction', async () => {
  await using host = await temporaryHost({ limits: LIMITS });
  await host.value('limits:add', { count: 5 });
  const words = 'Uncaught Error: Too many reads in a single function execution (limit: 4096).';
  expect((await host.failure('limits:manyReads')).message).toContain(words);
  expect((await host.failure('limits:manyReadsTogether')).message).toContain(words);
  await host.value('limits:thousandReads');
});

test('a nested call that exceeds its own limits can be caught; its writes are gone', async () => {
  await using host = await temporaryHost({ limits: LIMITS });
  expect(await host.value('limits:caught')).toEqual({
    message: expect.stringContaining('Too many writes in a single function execution (limit: 25)'),
    documentsWritten: { used: 11, remaining: 15_989 },
    functionsScheduled: { used: 0, remaining: 1_000 },
  });
  expect(await host.value('limits:count')).toBe(11);
});

test('what is scheduled is limited in number and size', async () => {
  await using host = await temporaryHost({ limits: LIMITS });
  // A string of 3 in an object with one field of 4 characters.
  const [count, bytes] = [1_000, 1_000 * (2 + 5 + 5)];
  expect(await host.value('limits:schedule', { count, text: 'abc' })).toEqual([count, bytes]);
  const tooMany = await host.failure('limits:schedule', { count: 1_001, text: '' });
  expect(tooMany.message).toContain('Too many functions scheduled by this mutation (limit: 1000)');
  const large = { count: 20, text: 'x'.repeat(1024 * 1024) };
  expect((await host.failure('limits:schedule', large)).message).toContain(
    'Too large total size of the arguments of scheduled functions from this mutation (limit: 16777216 bytes)',
  );
  // One that is larger than a document may be.
  const one = { count: 1, text: 'x'.repeat(3 * 1024 * 1024) };
  expect(await host.value('limits:schedule', one)).toEqual([1, 9 + one.text.length]);
});

test('arguments and results are limited in size and depth, not in length', async () => {
  await using host = await temporaryHost({ limits: LIMITS });
  expect(await host.value('limits:large', { count: 15 })).toHaveLength(15);
  expect((await host.failure('limits:large', { count: 16 })).message).toMatch(
    /Function return value is too large \(actual: \d+, limit: 16777216\)/,
  );
  await host.value('limits:largeArgs', { count: 15 });
  expect((await host.failure('limits:largeArgs', { count: 16 })).message).toMatch(
    /Arguments for limits:nothingRead are too large \(actual: \d+, limit: 16777216\)/,
  );
  expect(await host.value('limits:long')).toHaveLength(20_000);
  await host.value('limits:deep', { levels: 64 });
  expect((await host.failure('limits:deep', { levels: 65 })).message).toContain(
    'Value is too nested (maximum nesting 64)',
  );
});

test('metrics are of transactions', async () => {
  await using host = await temporaryHost({ limits: LIMITS });
  expect(await host.value('limits:metrics')).toEqual({
    bytesRead: { used: 0, remaining: 16 * 1024 * 1024 },
    bytesWritten: { used: 0, remaining: 16 * 1024 * 1024 },
    databaseQueries: { used: 0, remaining: 4_096 },
    documentsRead: { used: 0, remaining: 32_000 },
    documentsWritten: { used: 0, remaining: 16_000 },
    functionsScheduled: { used: 0, remaining: 1_000 },
    scheduledFunctionArgsBytes: { used: 0, remaining: 16 * 1024 * 1024 },
    filesRead: { used: 0, remaining: 0 },
    fileReadBytes: { used: 0, remaining: 0 },
    filesWritten: { used: 0, remaining: 0 },
    fileWriteBytes: { used: 0, remaining: 0 },
  });
  // The words at which `convex/server` says that actions have none.
  expect((await host.failure('limits:metricsInAction')).message).toContain(
    'Unknown async operation',
  );
});
