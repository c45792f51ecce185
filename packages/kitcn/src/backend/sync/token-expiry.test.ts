import { SignJWT, exportJWK, generateKeyPair } from 'jose';
import { ConvexClient } from 'convex/browser';
import {
  actionGeneric,
  defineSchema,
  defineTable,
  makeFunctionReference,
  mutationGeneric,
  queryGeneric,
} from 'convex/server';
import { v } from 'convex/values';
import { describe, expect, test } from 'vitest';
import type { Clock } from '../../shared/clock.ts';
import { CloseStack } from '../close-stack.ts';
import { TokenVerifier } from '../auth/token-verifier.ts';
import { InProcessHost } from '../functions/in-process-host.ts';
import { HttpServer } from '../http/http-server.ts';
import { ManualClock } from '../manual-clock.fixture.ts';
import { CONNECT, connectRaw } from './raw-client.fixture.ts';
import type { RawClient } from './raw-client.fixture.ts';
import { SyncServer } from './sync-server.ts';

const ISSUER = 'https://issuer.test';
/** Long ago by the clock on the wall. */
const NOW = Date.UTC(2001, 0, 1);
const LEEWAY_MS = 5_000;

const add = makeFunctionReference<'mutation', { text: string }, string | null>('m:add');
const list = makeFunctionReference<'query', Record<string, never>, string[]>('m:list');
const whoAmI = makeFunctionReference<'query', Record<string, never>, string | null>('m:whoAmI');

/** What holds `m:addWhenOpen` up. */
const gate: { onArrival: () => void; opened: Promise<void> } = {
  onArrival() {},
  opened: Promise.resolve(),
};

const modules = {
  schema: { default: defineSchema({ rows: defineTable({ text: v.string() }) }) },
  m: {
    add: mutationGeneric({
      args: { text: v.string() },
      handler: async (ctx, { text }) => {
        await ctx.db.insert('rows', { text });
        return (await ctx.auth.getUserIdentity())?.subject ?? null;
      },
    }),
    list: queryGeneric(async (ctx) =>
      (await ctx.db.query('rows').collect()).map((row) => String(row['text'])),
    ),
    addByAction: actionGeneric((ctx, { text }: { text: string }): Promise<string | null> =>
      ctx.runMutation(add, { text }),
    ),
    addWhenOpen: mutationGeneric(async (ctx) => {
      await ctx.db.insert('rows', { text: 'first' });
      gate.onArrival();
      await gate.opened;
    }),
    whoAmI: queryGeneric(async (ctx) => (await ctx.auth.getUserIdentity())?.subject ?? null),
  },
};

/** The sync protocol on a port, at a time that stands still, and an issuer of tokens at the same time. */
async function startBackend(timers: Pick<Clock, 'after'> | null = null) {
  const opened = new CloseStack();
  const clock = new ManualClock(NOW);
  const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true });
  const keys = { keys: [{ ...(await exportJWK(publicKey)), kid: 'k', alg: 'ES256' }] };
  const jwks = `data:application/json,${encodeURIComponent(JSON.stringify(keys))}`;
  const provider = { type: 'customJwt', issuer: ISSUER, jwks, algorithm: 'ES256' } as const;
  const host = new InProcessHost({
    databaseFile: ':memory:',
    clock,
    isDeterministic: true,
    hasCrons: false,
    log() {},
  });
  opened.defer(() => host[Symbol.asyncDispose]());
  await host.deploy(new Map(Object.entries(modules)));
  const tokens = new TokenVerifier(clock);
  tokens.setProviders([provider]);
  const server = await HttpServer.listen({ hostname: '127.0.0.1', port: 0, option: 'port' });
  opened.defer(() => server.close());
  const access = { isAdminKey: () => false, verifyToken: (token: string) => tokens.verify(token) };
  const syncClock: Clock = {
    now: () => clock.now(),
    after: (milliseconds, work) => (timers ?? clock).after(milliseconds, work),
  };
  const sync = new SyncServer({ host, access, clock: syncClock, log() {} });
  opened.defer(() => sync.close());
  server.serveUpgrades((request, connection, head) => sync.upgrade(request, connection, head));
  return {
    clock,
    url: server.url,
    connect() {
      const client = new ConvexClient(server.url, { logger: false, unsavedChangesWarning: false });
      opened.defer(() => client.close());
      return client;
    },
    sign(subject: string, lifetimeSeconds: number): Promise<string> {
      const now = Math.floor(clock.now() / 1000);
      return new SignJWT({ iss: ISSUER, sub: subject, iat: now, exp: now + lifetimeSeconds })
        .setProtectedHeader({ alg: 'ES256', kid: 'k' })
        .sign(privateKey);
    },
    [Symbol.asyncDispose]: () => opened.close(),
  };
}

const eventually = (read: () => unknown) => expect.poll(read, { timeout: 20_000 });

test('a signed-in client is refused a moment after its token, gets a new one and loses nothing', async () => {
  await using backend = await startBackend();
  const { clock } = backend;
  const client = backend.connect();
  const users: (string | null)[] = [];
  const rows: string[][] = [];
  const changes: boolean[] = [];
  let fetched = 0;
  client.onUpdate(whoAmI, {}, (user) => void users.push(user));
  client.onUpdate(list, {}, (texts) => void rows.push(texts));
  // By the clock on the wall the client would come for a new token in an hour.
  client.setAuth(
    () => backend.sign(`user${(fetched += 1)}`, 3_600),
    (isAuthenticated) => void changes.push(isAuthenticated),
  );
  // It gets a second one at once, whose lifetime it can trust.
  await eventually(() => users.at(-1)).toBe('user2');

  const expiry = NOW + 3_600_000 + LEEWAY_MS;
  clock.moveTo(expiry - 1);
  expect(await client.mutation(add, { text: 'before' })).toBe('user2');
  expect(fetched).toBe(2);

  // On their way while the token expires: done with the old one or with the new one, and once.
  const texts = Array.from({ length: 20 }, (_, index) => `during ${index}`);
  const sent = texts.map((text) => client.mutation(add, { text }));
  clock.moveTo(expiry);
  for (const user of await Promise.all(sent)) expect(['user2', 'user3']).toContain(user);
  await eventually(() => users.at(-1)).toBe('user3');
  expect(await client.mutation(add, { text: 'after' })).toBe('user3');
  expect(rows.at(-1)).toEqual(['before', ...texts, 'after']);
  expect(changes).not.toContain(false);
});

test('a client that gets no new token is signed out by the clock, and goes on as nobody', async () => {
  await using backend = await startBackend();
  const client = backend.connect();
  const users: (string | null)[] = [];
  const changes: boolean[] = [];
  let fetched = 0;
  client.onUpdate(whoAmI, {}, (user) => void users.push(user));
  client.setAuth(
    async () => ((fetched += 1) > 2 ? null : backend.sign(`user${fetched}`, 3_600)),
    (isAuthenticated) => void changes.push(isAuthenticated),
  );
  await eventually(() => users.at(-1)).toBe('user2');
  backend.clock.moveTo(NOW + 3_600_000 + LEEWAY_MS);
  await eventually(() => changes.at(-1)).toBe(false);
  await eventually(() => users.at(-1)).toBeNull();
  expect(await client.mutation(add, { text: 'anybody' })).toBeNull();
});

describe('on a connection whose token has expired, before a timer says so', () => {
  const neverFires = { after: () => () => {} };
  const LIFETIME_SECONDS = 60;
  const EXPIRY = NOW + LIFETIME_SECONDS * 1_000 + LEEWAY_MS;

  async function connectAs(
    backend: Awaited<ReturnType<typeof startBackend>>,
    subject: string,
  ): Promise<RawClient> {
    const client = await connectRaw(backend.url);
    const value = await backend.sign(subject, LIFETIME_SECONDS);
    client.send(CONNECT);
    client.send({ type: 'Authenticate', baseVersion: 0, tokenType: 'User', value });
    expect(await client.nextOf('Transition')).toMatchObject({ endVersion: { identity: 1 } });
    return client;
  }

  async function expectExpired(client: RawClient): Promise<void> {
    expect(await client.nextOf('AuthError')).toEqual({
      type: 'AuthError',
      error: 'TokenExpired: The token of this connection has expired.',
      baseVersion: 1,
      authUpdateAttempted: false,
    });
    expect(await client.closed).toEqual({ code: 1000, reason: 'TokenExpired' });
  }

  const request = (requestId: number, type: 'Mutation' | 'Action', udfPath: string) => ({
    type,
    requestId,
    udfPath,
    args: [{ text: `${requestId}` }],
  });

  const rowsOf = (backend: Awaited<ReturnType<typeof startBackend>>): Promise<string[]> =>
    backend.connect().query(list, {});

  test.each([
    ['Mutation', 'm:add'],
    ['Action', 'm:addByAction'],
  ] as const)('%s is refused and not run', async (type, udfPath) => {
    await using backend = await startBackend(neverFires);
    const client = await connectAs(backend, 'ada');
    backend.clock.moveTo(EXPIRY - 1);
    client.send(request(0, type, udfPath));
    expect(await client.nextOf(`${type}Response`)).toMatchObject({ success: true, result: 'ada' });
    backend.clock.moveTo(EXPIRY);
    client.send(request(1, type, udfPath));
    await expectExpired(client);
    expect(await rowsOf(backend)).toEqual(['0']);
  });

  test('a mutation that waited for another is refused, the other one is done', async () => {
    await using backend = await startBackend(neverFires);
    const client = await connectAs(backend, 'ada');
    let open = (): void => {};
    gate.opened = new Promise((resolve) => (open = resolve));
    const arrived = new Promise<void>((resolve) => (gate.onArrival = resolve));
    client.send(request(0, 'Mutation', 'm:addWhenOpen'));
    client.send(request(1, 'Mutation', 'm:add'));
    await arrived;
    backend.clock.moveTo(EXPIRY);
    open();
    expect(await client.nextOf('MutationResponse')).toMatchObject({ requestId: 0, success: true });
    await expectExpired(client);
    expect(await rowsOf(backend)).toEqual(['first']);
  });
});
