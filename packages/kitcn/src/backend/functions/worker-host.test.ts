import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { SERVER, callOf, temporaryHost } from './temporary-host.fixture.ts';

const LIMIT = { transactionTimeoutMs: 1_000 };

const LOOPS = `${SERVER}
export const forever = query(() => { for (;;); });
export const foreverInMutation = mutation(async (ctx) => {
  await ctx.db.insert('rows', { text: 'lost' });
  for (;;);
});
export const foreverInMicrotasks = query(async (ctx) => { for (;;) await null; });
export const foreverInAction = action(async () => {
  await new Promise((resolve) => setTimeout(resolve, 10));
  for (;;);
});
export const never = query(() => new Promise(() => {}));
export const neverInMutation = mutation(async (ctx) => {
  await ctx.db.insert('rows', { text: 'lost' });
  await new Promise(() => {});
});
export const neverInNested = mutation(async (ctx) => {
  await ctx.db.insert('rows', { text: 'lost' });
  await ctx.runMutation(ref('loops:neverInMutation'));
});
export const neverInAction = action(() => new Promise(() => {}));
export const add = mutation((ctx, { text }) => ctx.db.insert('rows', { text }));
export const slowAdd = mutation(async (ctx, { text }) => {
  await crypto.subtle.digest('SHA-256', new Uint8Array(10));
  await ctx.db.insert('rows', { text });
});
export const texts = query(async (ctx) => (await ctx.db.query('rows').collect()).map((row) => row.text));
export const increment = mutation(async (ctx) => {
  const row = await ctx.db.query('counters').first();
  await crypto.subtle.digest('SHA-256', new Uint8Array(1_000));
  if (row === null) await ctx.db.insert('counters', { count: 1 });
  else await ctx.db.patch(row._id, { count: row.count + 1 });
});
export const count = query(async (ctx) => (await ctx.db.query('counters').first())?.count ?? 0);
const hoard = () => {
  const kept = [];
  for (;;) kept.push(Array.from({ length: 10_000 }, (_, index) => ({ index })));
};
export const hoardInQuery = query(hoard);
export const hoardInMutation = mutation(async (ctx) => {
  await ctx.db.insert('rows', { text: 'lost' });
  hoard();
});
export const hoardInAction = action(async () => {
  await new Promise((resolve) => setTimeout(resolve, 10));
  hoard();
});
export const crash = action(() => { URL.constructor('return process')().exit(3); });
export const stray = action(() => {
  void Promise.reject(new Error('stray'));
  setTimeout(() => { throw new Error('in a timer'); }, 0);
  setTimeout(() => { throw Object.create(null); }, 0);
  return new Promise((resolve) => setTimeout(() => resolve('fine'), 20));
});
`;

test.each([
  'loops:forever',
  'loops:foreverInMutation',
  'loops:foreverInMicrotasks',
  'loops:foreverInAction',
])('%s is stopped, the next call works, nothing is lost', async (path) => {
  await using host = await temporaryHost({ loops: LOOPS }, LIMIT);
  await host.value('loops:add', { text: 'before' });
  const stuck = host.failure(path);
  // Not begun when the thread gets stuck, or begun and not committed.
  const others = ['a', 'b', 'c'].map((text) => host.value('loops:slowAdd', { text }));
  expect((await stuck).message).toContain('Function execution timed out (maximum duration: 1s)');
  await Promise.all(others);
  expect(await host.value('loops:texts')).toEqual(['before', 'a', 'b', 'c']);
});

test.each(['loops:never', 'loops:neverInMutation', 'loops:neverInNested'])(
  '%s is stopped without harm to the thread',
  async (path) => {
    await using host = await temporaryHost({ loops: LOOPS }, LIMIT);
    const { message } = await host.failure(path);
    expect(message).toContain('Function execution timed out (maximum duration: 1s)');
    await host.value('loops:add', { text: 'after' });
    expect(await host.value('loops:texts')).toEqual(['after']);
    expect(host.logs.join()).not.toContain('Starting a new function thread');
  },
);

test('actions have a limit of their own', async () => {
  await using host = await temporaryHost({ loops: LOOPS }, { actionTimeoutMs: 50 });
  expect((await host.failure('loops:neverInAction')).message).toContain('0.05s');
});

test('a running action is lost with its thread, and not run again', async () => {
  await using host = await temporaryHost({ loops: LOOPS }, LIMIT);
  const requestId = '0123456789abcdef';
  const action = host.host.run({ ...callOf('loops:neverInAction'), requestId });
  const stuck = host.failure('loops:forever');
  expect((await stuck).message).toContain('timed out');
  expect(await action).toMatchObject({
    errorMessage: `[Request ID: ${requestId}] Server Error\nTransient error while executing action`,
  });
});

test('a function that ends the thread fails, the next call works', async () => {
  await using host = await temporaryHost({ loops: LOOPS });
  await host.value('loops:add', { text: 'before' });
  expect((await host.failure('loops:crash')).message).toContain('The function thread ended');
  expect(await host.value('loops:texts')).toEqual(['before']);
});

test.each(['loops:hoardInQuery', 'loops:hoardInMutation', 'loops:hoardInAction'])(
  '%s, which fills the memory, fails alone',
  async (path) => {
    const memory = { memoryLimitMb: 64, transactionTimeoutMs: 60_000 };
    await using host = await temporaryHost({ loops: LOOPS }, memory);
    await host.value('loops:add', { text: 'before' });
    const hoarding = host.failure(path);
    const others = ['a', 'b', 'c'].map((text) => host.value('loops:slowAdd', { text }));
    expect((await hoarding).message).toContain(
      'JavaScript execution ran out of memory (maximum memory usage: 64 MB)',
    );
    await Promise.all(others);
    expect(await host.value('loops:texts')).toEqual(['before', 'a', 'b', 'c']);
    expect(host.logs.join()).toContain('Starting a new function thread');
  },
);

test('each mutation that was acknowledged happened once, whatever became of the thread', async () => {
  await using host = await temporaryHost({ loops: LOOPS });
  const increments: Promise<unknown>[] = [];
  for (let round = 0; round < 30; round++) {
    increments.push(host.value('loops:increment'));
    if (round === 10) increments.push(host.failure('loops:crash'));
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  await Promise.all(increments);
  expect(await host.value('loops:count')).toBe(30);
});

test('a database that cannot be opened is refused', async () => {
  const databaseFile = fileURLToPath(import.meta.url);
  await expect(temporaryHost({ loops: LOOPS }, { databaseFile })).rejects.toMatchObject({
    name: 'BackendError',
    code: 'DatabaseUnreadable',
  });
});

test('what an action leaves behind does not end the thread', async () => {
  await using host = await temporaryHost({ loops: LOOPS });
  expect(await host.value('loops:stray')).toBe('fine');
  const logs = host.logs.join();
  expect(logs).toMatch(/Error: stray\n +at convex\/loops:57:/);
  expect(logs).toContain('Error: in a timer\n');
  expect(logs).toContain('something that cannot be shown');
});

test('many short calls are not taken for a long one', async () => {
  const busy = `${SERVER}
const spin = () => { let sum = 0; for (let n = 0; n < 10_000_000; n++) sum += n % 7; return sum; };
export const look = query(spin);
export const add = mutation(async (ctx) => void (await ctx.db.insert('rows', { sum: spin() })));
export const count = query(async (ctx) => (await ctx.db.query('rows').collect()).length);
`;
  await using host = await temporaryHost({ busy }, { transactionTimeoutMs: 500 });
  const start = performance.now();
  const calls = Array.from({ length: 80 }, (_, n) => callOf('busy:look', { n }));
  const [answers] = await Promise.all([
    host.host.runBatch(calls),
    ...calls.map(() => host.value('busy:add')),
  ]);
  expect(performance.now() - start).toBeGreaterThan(1_000);
  expect(answers.every(({ status }) => status === 'success')).toBe(true);
  expect(await host.value('busy:count')).toBe(80);
  expect(host.logs).toEqual([]);
});

test('after close calls are refused', async () => {
  const host = await temporaryHost({ loops: LOOPS });
  const pending = host.call('loops:neverInAction');
  const refusal = expect(pending).rejects.toMatchObject({ status: 503 });
  await host.host.close();
  await host.host.close();
  await refusal;
  await expect(host.call('loops:texts')).rejects.toMatchObject({ status: 503 });
});

test.each(['for (;;);', 'await new Promise(() => {}); export {};'])(
  'a module that never loads is refused, the old code stays: %s',
  async (module) => {
    await using host = await temporaryHost({ loops: LOOPS }, { transactionTimeoutMs: 500 });
    await host.value('loops:add', { text: 'before' });
    await expect(host.push({ loops: module })).rejects.toMatchObject({ code: 'PushFailed' });
    expect(await host.value('loops:texts')).toEqual(['before']);
  },
);
