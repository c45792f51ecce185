import {
  cronJobs,
  defineSchema,
  defineTable,
  httpActionGeneric,
  httpRouter,
  makeFunctionReference,
} from 'convex/server';
import { v } from 'convex/values';
import { SignJWT, exportJWK, generateKeyPair } from 'jose';
import { expect, test } from 'vitest';
import { z } from 'zod';
import type { ApiFunction } from '../api/api-function.ts';
import type { ApiRouteLeaf } from '../api/api-route.ts';
import { createApi } from '../api/create-api.ts';
import { CRPCError } from '../errors/crpc-error.ts';
import { initCRPC } from '../procedure/init.ts';
import { createTestBackend } from './create-test-backend.ts';
import type { TestModules } from './test-modules.ts';

const c = initCRPC.create();

const schema = defineSchema({
  notes: defineTable({ text: v.string(), at: v.number(), by: v.optional(v.string()) }),
});

const remind = makeFunctionReference<'mutation', { text: string }>('notes:remind');
const whoAmI = makeFunctionReference<'query'>('notes:whoAmI');
const again = makeFunctionReference<'mutation', Record<string, never>>('notes:again');

const notes = {
  list: c.query
    .input(z.object({}))
    .output(z.array(z.object({ text: z.string(), at: z.date() })))
    .query(async ({ ctx }) => {
      const rows = await ctx.db.query('notes').collect();
      return rows.map(({ text, at }) => ({ text: String(text), at: new Date(Number(at)) }));
    }),
  add: c.mutation
    .input(z.object({ text: z.string().min(1), at: z.date().optional() }))
    .mutation(async ({ ctx, input }) => {
      const identity = await ctx.auth.getUserIdentity();
      const by = identity === null ? {} : { by: identity.subject };
      const at = (input.at ?? new Date()).getTime();
      await ctx.db.insert('notes', { text: input.text, at, ...by });
    }),
  whoAmI: c.query.query(async ({ ctx }) => (await ctx.auth.getUserIdentity())?.subject ?? null),
  missing: c.query.query((): null => {
    throw new CRPCError({ code: 'NOT_FOUND', data: { at: new Date(5) } });
  }),
  luck: c.query.query(() => ({
    numbers: [Math.random(), Math.random()],
    id: crypto.randomUUID(),
    now: Date.now(),
  })),
  inAction: c.action.action(async ({ ctx }) => {
    const before = performance.now();
    await new Promise((resolve) => void setTimeout(resolve, 5));
    await ctx.runQuery(whoAmI, {});
    return { now: new Date(), hasPassed: performance.now() > before };
  }),
  remindLater: c.mutation
    .input(z.object({ text: z.string(), delay: z.number() }))
    .mutation(async ({ ctx, input: { text, delay } }) => {
      await ctx.scheduler.runAfter(delay, remind, { text });
    }),
  remind: c.mutation
    .internal()
    .input(z.object({ text: z.string() }))
    .mutation(async ({ ctx, input }) => {
      await ctx.db.insert('notes', { text: input.text, at: Date.now() });
    }),
  again: c.mutation.internal().mutation(async ({ ctx }) => {
    await ctx.scheduler.runAfter(0, again, {});
  }),
  tick: c.mutation.internal().mutation(async ({ ctx }) => {
    await ctx.db.insert('notes', { text: 'tick', at: Date.now() });
  }),
};

const crons = cronJobs();
crons.interval('tick', { hours: 1 }, makeFunctionReference<'mutation'>('notes:tick'));

const http = httpRouter();
http.route({
  path: '/who',
  method: 'GET',
  handler: httpActionGeneric(async (ctx) => {
    return new Response((await ctx.auth.getUserIdentity())?.subject ?? 'nobody');
  }),
});

const modules = {
  './notes.ts': async () => notes,
  './schema.ts': async () => ({ default: schema }),
  './http.ts': async () => ({ default: http }),
};
const withCrons = { ...modules, './crons.ts': async () => ({ default: crons }) };

type Leaves<Module, Names extends keyof Module> = {
  readonly notes: { readonly [Name in Names]: ApiFunction<Module[Name]> };
};
type Api = Leaves<
  typeof notes,
  'add' | 'inAction' | 'list' | 'luck' | 'missing' | 'remindLater' | 'whoAmI'
> & { readonly http: { readonly who: ApiRouteLeaf<'query', object, Response> } };
type Internal = Leaves<typeof notes, 'again' | 'remind' | 'tick'>;

const api = createApi<Api>({
  notes: {
    add: { type: 'mutation' },
    inAction: { type: 'action' },
    list: { type: 'query' },
    luck: { type: 'query' },
    missing: { type: 'query' },
    remindLater: { type: 'mutation' },
    whoAmI: { type: 'query' },
  },
  http: { who: { type: 'query', route: 'GET /who' } },
});
const internal = createApi<Internal>({
  notes: {
    again: { type: 'mutation' },
    remind: { type: 'mutation' },
    tick: { type: 'mutation' },
  },
});

const NOW = Date.UTC(2030, 0, 1);
const trees = { modules, api, internal, now: NOW, log: () => {} };

test('typed callers reach public and internal procedures, with Dates and errors as from a server', async () => {
  await using t = await createTestBackend(trees);
  await t.caller.notes.add({ text: 'dated', at: new Date(7) });
  await t.internal.notes.remind({ text: 'internal' });
  expect(await t.caller.notes.list({})).toEqual([
    { text: 'dated', at: new Date(7) },
    { text: 'internal', at: new Date(NOW) },
  ]);
  await expect(t.caller.notes.missing({})).rejects.toMatchObject({
    name: 'CRPCError',
    code: 'NOT_FOUND',
    data: { at: new Date(5) },
  });
  await expect(t.caller.notes.add({ text: '' })).rejects.toMatchObject({ code: 'BAD_REQUEST' });
});

test('callers act as nobody, as the identity of the backend, or as another user', async () => {
  await using t = await createTestBackend(trees);
  expect(await t.caller.notes.whoAmI({})).toBeNull();
  expect(await t.asUser({ subject: 'ada' }).caller.notes.whoAmI({})).toBe('ada');
  expect(await (await t.fetch('/who')).text()).toBe('nobody');
  await using ada = await createTestBackend({ ...trees, identity: { subject: 'ada' } });
  expect(await ada.caller.notes.whoAmI({})).toBe('ada');
  expect(await ada.asUser({ subject: 'bob' }).caller.notes.whoAmI({})).toBe('bob');
  expect(await (await ada.fetch('/who')).text()).toBe('ada');
  for (const [user, name] of [
    [t, 'nobody'],
    [ada, 'ada'],
    [ada.asUser({ subject: 'bob' }), 'bob'],
  ] as const) {
    expect(await (await user.caller.http.who({})).text()).toBe(name);
  }
});

test('run reads and writes in a transaction; documents are checked', async () => {
  await using t = await createTestBackend(trees);
  const id = await t.run((ctx) => ctx.db.insert('notes', { text: 'seed', at: 1 }));
  expect(await t.run((ctx) => ctx.db.get(id))).toMatchObject({ _creationTime: NOW, text: 'seed' });
  await expect(t.run((ctx) => ctx.db.insert('notes', { text: 1 }))).rejects.toThrow('text');
  expect(await t.caller.notes.list({})).toHaveLength(1);
});

test('the clock stands until it is moved, and what becomes due runs at its own time', async () => {
  await using t = await createTestBackend(trees);
  expect((await t.caller.notes.luck({})).now).toBe(NOW);
  await t.caller.notes.remindLater({ text: 'b', delay: 2_000 });
  await t.caller.notes.remindLater({ text: 'a', delay: 1_000 });
  expect(await t.caller.notes.list({})).toEqual([]);
  const { left } = await t.clock.advance(1_500);
  expect(left).toMatchObject([{ path: 'notes:remind', time: NOW + 2_000 }]);
  expect(await t.clock.advance(10_000)).toEqual({ left: [] });
  expect(await t.caller.notes.list({})).toEqual([
    { text: 'a', at: new Date(NOW + 1_000) },
    { text: 'b', at: new Date(NOW + 2_000) },
  ]);
  expect(t.clock.now()).toBe(NOW + 11_500);
  for (const bad of [-1, NaN, Infinity]) {
    await expect(t.clock.advance(bad)).rejects.toMatchObject({ code: 'BAD_TIME' });
  }
});

test('crons run by the clock', async () => {
  await using t = await createTestBackend({ ...trees, modules: withCrons });
  await t.clock.advance(3.5 * 3_600_000);
  // Convex runs an interval for the first time when it is deployed.
  expect((await t.caller.notes.list({})).map(({ at }) => (at.getTime() - NOW) / 3_600_000)).toEqual(
    [0, 1, 2, 3],
  );
});

test('a function that schedules itself at once does not stop the test for ever', async () => {
  await using t = await createTestBackend(trees);
  await t.internal.notes.again({});
  const endless = t.clock.advance(0);
  await expect(endless).rejects.toMatchObject({ code: 'ENDLESS_JOBS' });
  await expect(endless).rejects.toThrow('notes:again');
});

test('randomness follows from the seed, and differs from call to call', async () => {
  const draw = async (seed: string | undefined): Promise<unknown[]> => {
    await using t = await createTestBackend({ ...trees, seed });
    await t.caller.notes.add({ text: 'one' });
    return [await t.caller.notes.luck({}), await t.run(async () => Math.random())];
  };
  expect(await draw('a')).toEqual(await draw('a'));
  expect(await draw('a')).not.toEqual(await draw('b'));
  expect(await draw(undefined)).not.toEqual(await draw(undefined));
  expect(Math.random()).not.toBe(Math.random());
});

test('a snapshot can be gone back to, any number of times, with its time and its jobs', async () => {
  await using t = await createTestBackend(trees);
  await t.caller.notes.add({ text: 'kept' });
  await t.caller.notes.remindLater({ text: 'due', delay: 1_000 });
  using snapshot = await t.snapshot();
  for (let round = 0; round < 2; round++) {
    await t.caller.notes.add({ text: `round ${round}` });
    await t.clock.advance(2_000);
    expect(await t.caller.notes.list({})).toHaveLength(3);
    await t.reset(snapshot);
    expect(t.clock.now()).toBe(NOW);
    expect((await t.caller.notes.list({})).map(({ text }) => text)).toEqual(['kept']);
  }
  await t.reset();
  expect(await t.caller.notes.list({})).toEqual([]);
});

test('a token is valid until the clock says otherwise', async () => {
  const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true });
  const keys = { keys: [{ ...(await exportJWK(publicKey)), kid: 'k', alg: 'ES256' }] };
  const jwks = `data:application/json,${encodeURIComponent(JSON.stringify(keys))}`;
  const provider = { type: 'customJwt', issuer: 'https://issuer.test', jwks, algorithm: 'ES256' };
  await using t = await createTestBackend({
    ...trees,
    modules: {
      ...modules,
      './auth.config.ts': async () => ({ default: { providers: [provider] } }),
    },
  });
  const exp = NOW / 1000 + 60;
  const token = await new SignJWT({ iss: 'https://issuer.test', sub: 'ada', iat: NOW / 1000, exp })
    .setProtectedHeader({ alg: 'ES256', kid: 'k' })
    .sign(privateKey);
  const who = async (): Promise<string> => {
    const response = await t.fetch('/who', { headers: { authorization: `Bearer ${token}` } });
    return response.ok ? response.text() : `${response.status}`;
  };
  expect(await who()).toBe('ada');
  // Its own minute, and the leeway.
  await t.clock.advance(64_999);
  expect(await who()).toBe('ada');
  await t.clock.advance(1);
  expect(await who()).toBe('500');
});

test('a query that looked at the clock sees it when it was moved', async () => {
  await using t = await createTestBackend(trees);
  expect((await t.caller.notes.luck({})).now).toBe(NOW);
  await t.clock.advance(60_000);
  expect((await t.caller.notes.luck({})).now).toBe(NOW + 60_000);
});

test('limits are those of Convex', async () => {
  await using t = await createTestBackend(trees);
  const tooMany = t.run(async (ctx) => {
    for (let count = 0; count <= 16_000; count++) {
      await ctx.db.insert('notes', { text: 'x', at: count });
    }
  });
  await expect(tooMany).rejects.toThrow('limit: 16000');
}, 60_000);

test('after its end it says so', async () => {
  const t = await createTestBackend(trees);
  await t[Symbol.asyncDispose]();
  await expect(t.run(async () => 1)).rejects.toMatchObject({ code: 'CLOSED' });
});

test('actions see the clock, and time that passes; mutations and queries see it stand', async () => {
  await using t = await createTestBackend(trees);
  const times = await t.run(async () => [Date.now(), performance.now() > 0]);
  expect(times).toEqual([NOW, true]);
  expect(await t.caller.notes.inAction({})).toEqual({ now: new Date(NOW), hasPassed: true });
});

test('what no test runs in finds the globals as they were', async () => {
  await using t = await createTestBackend(trees);
  // Years before the clock of the test backend.
  expect(Date.now()).toBeLessThan(NOW);
  expect(new Date().getTime()).toBeLessThan(NOW);
  expect(new Date()).toBeInstanceOf(Date);
  expect(typeof Date()).toBe('string');
  expect(t.clock.now()).toBe(NOW);
});

test('a glob that has loaded its modules is refused by the word that did it', async () => {
  const modules = { './notes.ts': notes } as unknown as TestModules;
  await expect(createTestBackend({ modules })).rejects.toMatchObject({
    code: 'NOT_SUPPORTED',
    message: expect.stringContaining('without `eager`'),
  });
});

test.each([NaN, -1, 0.5, new Date('never')])('the clock cannot stand at %s', async (now) => {
  await expect(createTestBackend({ modules: {}, now })).rejects.toMatchObject({ code: 'BAD_TIME' });
});
