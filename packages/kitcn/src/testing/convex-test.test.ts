import {
  actionGeneric,
  anyApi,
  defineSchema,
  defineTable,
  httpActionGeneric,
  httpRouter,
  internalMutationGeneric,
  makeFunctionReference,
  mutationGeneric,
  queryGeneric,
} from 'convex/server';
import type {
  ApiFromModules,
  DataModelFromSchemaDefinition,
  GenericMutationCtx,
  GenericQueryCtx,
} from 'convex/server';
import { ConvexError, v } from 'convex/values';
import { afterEach, expect, test, vi } from 'vitest';
import { convexTest } from './convex-test.ts';

const schema = defineSchema({
  messages: defineTable({ body: v.string(), author: v.optional(v.string()) }).index('by_body', [
    'body',
  ]),
});

/** Proof that functions run among the code of the test. */
const seen: string[] = [];

const list = makeFunctionReference<'query', Record<string, never>, string[]>('messages:list');
const chain = makeFunctionReference<'mutation', { left: number }>('messages:chain');
const sendInternal = makeFunctionReference<'mutation', { body: string }>('messages:sendInternal');

class OwnError extends Error {}

const messages = {
  list: queryGeneric({
    args: {},
    handler: async (ctx) => (await ctx.db.query('messages').collect()).map(({ body }) => body),
  }),
  send: mutationGeneric({
    args: { body: v.string() },
    handler: async (ctx, { body }) => {
      seen.push(body);
      const identity = await ctx.auth.getUserIdentity();
      return ctx.db.insert('messages', { body, author: identity?.name });
    },
  }),
  authors: queryGeneric({
    args: {},
    handler: async (ctx) =>
      (await ctx.db.query('messages').collect()).map(({ author }) => author ?? null),
  }),
  wrong: mutationGeneric({
    args: {},
    handler: (ctx) => ctx.db.insert('messages', { body: 1 }),
  }),
  refuse: mutationGeneric({
    args: {},
    handler: async (ctx) => {
      await ctx.db.insert('messages', { body: 'lost' });
      throw new ConvexError({ code: 'NO', at: 1n });
    },
  }),
  throwOwn: queryGeneric({
    args: {},
    handler: () => {
      throw new OwnError('my own');
    },
  }),
  fetches: queryGeneric({ args: {}, handler: async () => void (await fetch('http://127.0.0.1')) }),
  later: mutationGeneric({
    args: { delay: v.number(), body: v.string() },
    handler: (ctx, { delay, body }) => ctx.scheduler.runAfter(delay, sendInternal, { body }),
  }),
  sendInternal: internalMutationGeneric({
    args: { body: v.string() },
    handler: async (ctx, { body }) => void (await ctx.db.insert('messages', { body })),
  }),
  chain: internalMutationGeneric({
    args: { left: v.number() },
    handler: async (ctx, { left }) => {
      await ctx.db.insert('messages', { body: `${left}` });
      if (left > 0) {
        await ctx.scheduler.runAfter(1_000, chain, { left: left - 1 });
      }
    },
  }),
  both: actionGeneric({
    args: {},
    handler: async (ctx) => {
      await ctx.runMutation(sendInternal, { body: 'from an action' });
      return ctx.runQuery(list, {});
    },
  }),
};

const http = httpRouter();
http.route({
  path: '/echo',
  method: 'POST',
  handler: httpActionGeneric(async (ctx, request) => {
    const identity = await ctx.auth.getUserIdentity();
    return new Response(`${identity?.name}: ${await request.text()}`, { status: 201 });
  }),
});

const modules = {
  './_generated/api.js': () => Promise.reject(new Error('generated code is not loaded')),
  './messages.ts': async () => messages,
  './messages.test.ts': () => Promise.reject(new Error('tests are not loaded')),
  './http.ts': async () => ({ default: http }),
  './broken.ts': () => Promise.reject(new Error('no such variable')),
};

// What generated code says of the modules.
const { messages: api } = anyApi as unknown as ApiFromModules<{ messages: typeof messages }>;

afterEach(() => void vi.useRealTimers());

test('functions run among the code of the test, in transactions, with checked arguments and documents', async () => {
  const t = convexTest(schema, modules);
  expect(await t.query(api.list)).toEqual([]);
  await t.mutation(api.send, { body: 'one' });
  expect(seen).toContain('one');
  expect(await t.query(api.list)).toEqual(['one']);
  // @ts-expect-error the argument is text
  await expect(t.mutation(api.send, { body: 1 })).rejects.toThrow('ArgumentValidationError');
  await expect(t.mutation(api.wrong)).rejects.toThrow(/body/);
  expect(await t.action(api.both)).toEqual(['one', 'from an action']);
});

test('what a function throws is what the test catches, and its writes are gone', async () => {
  const t = convexTest(schema, modules);
  const refused = t.mutation(api.refuse);
  await expect(refused).rejects.toBeInstanceOf(ConvexError);
  await expect(refused).rejects.toMatchObject({ data: { code: 'NO', at: 1n } });
  await expect(t.query(api.throwOwn)).rejects.toBeInstanceOf(OwnError);
  expect(await t.query(api.list)).toEqual([]);
});

test('run and inline functions get the context of their kind', async () => {
  const t = convexTest(schema, modules);
  const id = await t.run((ctx) => ctx.db.insert('messages', { body: 'by run' }));
  const date = new Date();
  expect(await t.run(async () => date)).toBe(date);
  expect(await t.query((ctx) => ctx.db.get(id))).toMatchObject({ body: 'by run' });
  await t.mutation((ctx) => ctx.db.patch(id, { body: 'patched' }));
  expect(await t.action((ctx) => ctx.runQuery(api.list))).toEqual(['patched']);
  await expect(
    t.run(async (ctx) => {
      await ctx.db.delete(id);
      throw new OwnError('rolled back');
    }),
  ).rejects.toThrow(OwnError);
  expect(await t.query(api.list)).toEqual(['patched']);
});

test('each backend has its own data, side by side', async () => {
  const backends = Array.from({ length: 5 }, () => convexTest(schema, modules));
  const write = async (t: (typeof backends)[number], index: number): Promise<unknown> => {
    for (let count = 0; count <= index; count++) {
      await t.mutation(api.send, { body: `${index}` });
    }
    return t.query(api.list);
  };
  const lists = await Promise.all(backends.map(write));
  expect(lists).toEqual(backends.map((_, index) => Array(index + 1).fill(`${index}`)));
});

test('withIdentity acts as a user, also in HTTP actions; equal attributes are one user', async () => {
  const t = convexTest(schema, modules);
  const ada = t.withIdentity({ name: 'Ada' });
  await ada.mutation(api.send, { body: 'hers' });
  await t.mutation(api.send, { body: 'nobody' });
  expect(await t.query(api.authors)).toEqual(['Ada', null]);
  const subjectOf = (who: typeof ada): Promise<string | undefined> =>
    who.query(async (ctx) => (await ctx.auth.getUserIdentity())?.tokenIdentifier);
  expect(await subjectOf(ada)).toBe(await subjectOf(t.withIdentity({ name: 'Ada' })));
  expect(await subjectOf(ada)).not.toBe(await subjectOf(t.withIdentity({ name: 'Bob' })));
  const given = { subject: 's', issuer: 'https://i', tokenIdentifier: 'https://i|s' };
  expect(await subjectOf(t.withIdentity(given))).toBe('https://i|s');
  const response = await ada.fetch('/echo?q=1', { method: 'POST', body: 'hello' });
  expect([response.status, await response.text()]).toEqual([201, 'Ada: hello']);
  expect((await t.fetch('/none')).status).toBe(404);
});

test('withRequestMetadata says where calls come from, together with who calls', async () => {
  const t = convexTest(schema, modules);
  const there = t.withRequestMetadata({ ip: '10.0.0.1' }).withIdentity({ name: 'Ada' });
  const read = (who: Pick<typeof t, 'mutation'>): Promise<unknown> =>
    who.mutation(async (ctx) => [
      await ctx.meta.getRequestMetadata(),
      (await ctx.auth.getUserIdentity())?.name ?? null,
    ]);
  expect(await read(there)).toMatchObject([{ ip: '10.0.0.1', userAgent: null }, 'Ada']);
  expect(await read(t)).toMatchObject([{ ip: null, userAgent: null }, null]);
});

test('fetch and timers are refused in queries and mutations, and work elsewhere', async () => {
  const t = convexTest(schema, modules);
  await expect(t.query(api.fetches)).rejects.toThrow("Can't use fetch() in queries and mutations");
  const outside: Record<string, () => unknown> = {
    'setTimeout()': () => setTimeout(() => {}, 1),
    'setImmediate()': () => setImmediate(() => {}),
    'AbortSignal.timeout()': () => AbortSignal.timeout(1),
    'crypto.subtle.generateKey()': () =>
      crypto.subtle.generateKey({ name: 'HMAC', hash: 'SHA-256' }, true, ['sign']),
  };
  for (const [name, use] of Object.entries(outside)) {
    await expect(t.run(async () => void (await use()))).rejects.toThrow(name);
    await t.action(async () => void (await use()));
  }
  await t.action(() => new Promise<void>((resolve) => void setTimeout(resolve, 1)));
});

test('jobs run by real time', async () => {
  const t = convexTest(schema, modules);
  await t.mutation(api.later, { delay: 1, body: 'soon' });
  await vi.waitFor(async () => expect(await t.query(api.list)).toEqual(['soon']), 10_000);
});

test('jobs run by fake timers, those that they schedule too', async () => {
  vi.useFakeTimers();
  const t = convexTest(schema, modules);
  await t.mutation(api.later, { delay: 60_000, body: 'later' });
  await t.finishInProgressScheduledFunctions();
  expect(await t.query(api.list)).toEqual([]);
  vi.advanceTimersByTime(60_000);
  await t.finishInProgressScheduledFunctions();
  expect(await t.query(api.list)).toEqual(['later']);
  await t.mutation(api.chain, { left: 3 });
  await t.finishAllScheduledFunctions(vi.runAllTimers);
  expect(await t.query(api.list)).toEqual(['later', '3', '2', '1', '0']);
  const states = await t.run(async (ctx) => ctx.db.system.query('_scheduled_functions').collect());
  expect(states.every(({ state }) => state.kind === 'success')).toBe(true);
});

test('more scheduled functions than 100 rounds run are not dropped in silence', async () => {
  vi.useFakeTimers();
  const t = convexTest(schema, modules);
  await t.mutation(api.chain, { left: 150 });
  const drained = t.finishAllScheduledFunctions(vi.runAllTimers);
  await expect(drained).rejects.toMatchObject({ name: 'TestError', code: 'ENDLESS_JOBS' });
  await expect(drained).rejects.toThrow('messages:chain');
  await t.finishAllScheduledFunctions(vi.runAllTimers, 1_000);
  expect(await t.query(api.list)).toHaveLength(151);
});

test('a job that the timers do not reach is left for later', async () => {
  vi.useFakeTimers();
  const t = convexTest(schema, modules);
  await t.mutation(api.later, { delay: 0, body: 'now' });
  await t.mutation(api.later, { delay: 60_000, body: 'later' });
  let rounds = 0;
  await t.finishAllScheduledFunctions(() => void (rounds += 1));
  expect(await t.query(api.list)).toEqual(['now']);
  // The second one leaves what the first one left.
  expect(rounds).toBe(2);
  await t.finishAllScheduledFunctions(() => vi.advanceTimersByTime(60_000));
  expect(await t.query(api.list)).toEqual(['now', 'later']);
});

test('a call inside an open transaction is an error that says what to use', async () => {
  const t = convexTest(schema, modules);
  const nested = t.run(() => t.query(api.list));
  await expect(nested).rejects.toMatchObject({ code: 'NESTED_CALL' });
});

test('a module that does not load matters when it is called', async () => {
  const t = convexTest(schema, modules);
  const broken = makeFunctionReference<'query'>('broken:list');
  await expect(t.query(broken)).rejects.toMatchObject({
    code: 'MODULE_FAILED',
    message: expect.stringContaining('broken could not be loaded: Error: no such variable'),
  });
});

test('without a schema documents are not checked; options may be an object', async () => {
  const t = convexTest({ modules });
  await t.run((ctx) => ctx.db.insert('anything', { any: 1 }));
  await expect(t.run((ctx) => ctx.db.insert('_private', {}))).rejects.toThrow();
});

type Model = DataModelFromSchemaDefinition<typeof schema>;

const countRows = async (ctx: GenericQueryCtx<Model>): Promise<number> =>
  (await ctx.db.query('messages').collect()).length;

test('limits of a transaction are lowered, raised and lifted', async () => {
  const insert = (count: number) => async (ctx: GenericMutationCtx<Model>) => {
    for (let index = 0; index < count; index++) await ctx.db.insert('messages', { body: '' });
    return (await ctx.db.query('messages').take(count)).length;
  };
  const few = convexTest({ schema, modules, transactionLimits: { documentsWritten: 2 } });
  await expect(few.run(insert(3))).rejects.toThrow('(limit: 2)');
  expect(await few.run(insert(2))).toBe(2);
  const read = convexTest({ schema, modules, transactionLimits: { documentsRead: 1 } });
  await expect(read.query(countRows)).resolves.toBe(0);
  await read.mutation((ctx) => ctx.db.insert('messages', { body: '' }));
  await read.mutation((ctx) => ctx.db.insert('messages', { body: '' }));
  await expect(read.query(countRows)).rejects.toThrow('(limit: 1)');
  for (const [transactionLimits, count] of [
    [{ documentsWritten: 16_001 }, 16_001],
    [false, 16_001],
    [true, 16_000],
  ] as const) {
    const t = convexTest({ schema, modules, transactionLimits });
    expect(await t.run(insert(count))).toBe(count);
  }
  await expect(convexTest({ schema, modules }).run(insert(16_001))).rejects.toThrow(
    '(limit: 16000)',
  );
}, 60_000);

test('what is not supported says so', () => {
  const t = convexTest(schema, modules);
  expect(() => t.registerComponent('component', schema, modules)).toThrow('components');
});
