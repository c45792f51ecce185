import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { ConvexHttpClient } from 'convex/browser';
import { startBackend } from 'kitcn/backend';
import type { Backend } from 'kitcn/backend';
import { CRPCError } from 'kitcn/crpc';
import { createCallerFactory } from 'kitcn/server';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { AdminContext, SnapshotCaller, SnapshotQuery } from 'kitcn/server';
import { api, internal } from './project/convex/shared/api.ts';
import type { Api, InternalApi } from './project/convex/shared/api.ts';

type Kind = 'crpc' | 'convex' | 'other';
type Context = Awaited<ReturnType<ReturnType<typeof createCallerFactory<Api>>['createContext']>>;

const projectDir = fileURLToPath(new URL('project', import.meta.url));
const logs: string[] = [];
let backend: Backend;
let factory: ReturnType<typeof createCallerFactory<Api>>;
let ctx: Context;
let watched: Context;
let admin: AdminContext<Api>;
let trusted: AdminContext<InternalApi>;

const USER = { issuer: 'https://auth.example', subject: 'u1', name: 'Ada Löwe' };

beforeAll(async () => {
  execFileSync('kitcn', ['codegen'], { cwd: projectDir });
  backend = await startBackend({ projectDir, dataDir: ':memory:', log: (line) => logs.push(line) });
  factory = createCallerFactory({ api, convexSiteUrl: backend.siteUrl });
  ctx = await factory.createContext({ headers: new Headers() });
  watched = await createCallerFactory({
    api,
    convexSiteUrl: backend.siteUrl,
    onError: () => {},
    interceptors: [(_call, next) => next()],
    timeoutMs: 60_000,
    retries: 1,
  }).createContext({ headers: new Headers() });
  const key = { convexSiteUrl: backend.siteUrl, adminKey: backend.adminKey };
  admin = await createCallerFactory({ api, ...key }).createContext();
  trusted = await createCallerFactory({ api: internal, ...key }).createContext();
});

afterAll(() => backend?.close());

/** What a call inside Convex gave, as the relaying procedure reports it. */
interface Outcome {
  result?: unknown;
  error?: unknown;
}

function unwrap({ result, error }: Outcome): unknown {
  if (error !== undefined) throw error;
  return result;
}

/** One way to call the same procedures; each must behave like every other. */
interface Implementation {
  name: string;
  echo(value: unknown): Promise<unknown>;
  fail(kind: Kind): Promise<unknown>;
}

function relayed(
  name:
    | 'handlerInQuery'
    | 'handlerInMutation'
    | 'callerInQuery'
    | 'callerInMutation'
    | 'callerInAction',
): Implementation {
  return {
    name,
    echo: async (value) => unwrap(await ctx.caller.relay[name]({ value })),
    fail: async (kind) => unwrap(await ctx.caller.relay[name]({ kind, value: null })),
  };
}

const remote: Implementation[] = [
  {
    name: 'ctx.caller, a query',
    echo: (value) => ctx.caller.target.echo({ value }),
    fail: (kind) => ctx.caller.target.failQuery({ kind }),
  },
  {
    name: 'ctx.caller, a mutation',
    echo: (value) => ctx.caller.target.echoMutation({ value }),
    fail: (kind) => ctx.caller.target.failMutation({ kind }),
  },
  {
    name: 'ctx.caller, an action',
    echo: (value) => ctx.caller.target.echoAction({ value }),
    fail: (kind) => ctx.caller.target.failAction({ kind }),
  },
  {
    name: 'the lazy caller',
    echo: (value) => factory.createCaller(async () => ctx).target.echo({ value }),
    fail: (kind) => factory.createCaller(async () => ctx).target.failQuery({ kind }),
  },
  {
    name: 'the lazy caller, a context each time',
    echo: (value) =>
      factory
        .createCaller(() => factory.createContext({ headers: new Headers() }))
        .target.echo({
          value,
        }),
    fail: (kind) =>
      factory
        .createCaller(() => factory.createContext({ headers: new Headers() }))
        .target.failQuery({ kind }),
  },
  {
    name: 'ctx.snapshot, a list',
    echo: async (value) => (await ctx.snapshot((c) => [c.target.echo({ value })]))[0],
    fail: (kind) => ctx.snapshot((c) => [c.target.notes(), c.target.failQuery({ kind })]),
  },
  {
    name: 'ctx.snapshot, by name',
    echo: async (value) => (await ctx.snapshot((c) => ({ it: c.target.echo({ value }) }))).it,
    fail: (kind) => ctx.snapshot((c) => ({ it: c.target.failQuery({ kind }) })),
  },
  {
    name: 'ctx.snapshot.settled',
    echo: (value) => unwrapSettled((c) => c.target.echo({ value })),
    fail: (kind) => unwrapSettled((c) => c.target.failQuery({ kind })),
  },
  {
    name: 'a watched caller',
    echo: (value) => watched.caller.target.echo({ value }),
    fail: (kind) => watched.caller.target.failQuery({ kind }),
  },
  {
    name: 'an admin',
    echo: (value) => admin.caller.target.echo({ value }),
    fail: (kind) => admin.caller.target.failMutation({ kind }),
  },
  {
    name: 'an admin that acts as a user',
    echo: (value) => admin.as(USER).caller.target.echoAction({ value }),
    fail: (kind) => admin.as(USER).caller.target.failAction({ kind }),
  },
];

async function unwrapSettled(
  query: (c: SnapshotCaller<Api>) => SnapshotQuery<unknown>,
): Promise<unknown> {
  const [other, result] = await ctx.snapshot.settled((c) => [c.target.notes(), query(c)]);
  expect(other.status).toBe('fulfilled');
  if (result.status === 'rejected') throw result.reason;
  return result.value;
}

const inProcess = (
  [
    'handlerInQuery',
    'handlerInMutation',
    'callerInQuery',
    'callerInMutation',
    'callerInAction',
  ] as const
).map(relayed);

const implementations = [...remote, ...inProcess];

describe.each(implementations)('$name', ({ name, echo, fail }) => {
  test.each<[string, unknown]>([
    ['a Date', new Date(1_700_000_000_000)],
    ['Dates deep inside', { list: [{ at: new Date(1) }, { b: { at: new Date(2) } }] }],
    ['an int64 and special floats', [5n, -0, Number.NaN, Number.NEGATIVE_INFINITY]],
    ['bytes', new Uint8Array([1, 2, 255]).buffer],
    ['what looks like a tag', { __crpc_Date: 1, ___crpc_Date: { __crpc_Custom: null } }],
    ['null', null],
    ['nothing in containers', [{}, [], '']],
  ])('%s arrives as it was sent', async (_, value) => {
    expect(await echo(value)).toStrictEqual(value);
  });

  test('a CRPCError arrives with code, message and data', async () => {
    const error: unknown = await fail('crpc').catch((thrown: unknown) => thrown);
    if (remote.some((implementation) => implementation.name === name)) {
      expect(error).toBeInstanceOf(CRPCError);
      expect(error).toMatchObject({ origin: 'function' });
    } else {
      expect(error).toMatchObject({ isCRPCError: true });
    }
    expect(error).toMatchObject({
      code: 'CONFLICT',
      message: 'taken',
      data: { at: new Date(5), looksLikeATag: { __crpc_Date: 1 } },
    });
    expect(JSON.stringify(error)).not.toContain('secret');
  });
});

describe.each(implementations.filter(({ name }) => !name.startsWith('handler')))(
  '$name, across a boundary',
  ({ fail }) => {
    test('of any other error nothing arrives', async () => {
      const error: unknown = await fail('other').catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({ code: 'INTERNAL_SERVER_ERROR' });
      expect(JSON.stringify(error)).not.toContain('hunter2');
    });

    test('a user’s own ConvexError is an internal error with the original as its cause', async () => {
      const error: unknown = await fail('convex').catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({ code: 'INTERNAL_SERVER_ERROR' });
    });
  },
);

describe('wrong arguments', () => {
  const wrongType = { size: 'ten' } as unknown as { size: number };

  test('at the remote caller', async () => {
    await expect(ctx.caller.target.strict(wrongType)).rejects.toMatchObject({
      code: 'BAD_REQUEST',
      message: expect.stringMatching(/refused the arguments of target:strict.*Path: size$/),
    });
    await expect(ctx.caller.target.strict({ size: 10 })).rejects.toMatchObject({
      code: 'BAD_REQUEST',
      data: { issues: [{ path: ['size'], code: 'too_big' }] },
    });
  });

  test.each(['strictInQuery', 'strictInAction'] as const)('in process: %s', async (name) => {
    const wrong = await ctx.caller.relay[name]({ args: wrongType });
    expect(wrong.error).toMatchObject({ isCRPCError: true, code: 'BAD_REQUEST' });
    expect(wrong.error?.message).toMatch(/refused the arguments of target:strict.*Path: size$/);
    const tooBig = await ctx.caller.relay[name]({ args: { size: 10 } });
    expect(tooBig.error).toMatchObject({
      isCRPCError: true,
      code: 'BAD_REQUEST',
      data: { issues: [{ path: ['size'], code: 'too_big' }] },
    });
  });

  test('of what is scheduled, when it is scheduled', async () => {
    const wrong = await ctx.caller.relay.strictScheduled({ args: wrongType });
    expect(wrong.error).toMatchObject({ isCRPCError: true, code: 'BAD_REQUEST' });
  });
});

test.each(['failQuery', 'failMutation', 'failAction'] as const)(
  'hooks and the deployment call a request alike: %s',
  async (name) => {
    const requestIds: string[] = [];
    const { caller } = await createCallerFactory({
      api,
      convexSiteUrl: backend.siteUrl,
      onError: ({ requestId }) => requestIds.push(requestId),
    }).createContext({ headers: new Headers() });
    const error: unknown = await caller.target[name]({ kind: 'convex' }).catch((thrown) => thrown);
    expect(error).toMatchObject({ message: `target:${name} failed (request ${requestIds[0]})` });
    expect(requestIds).toHaveLength(1);
  },
);

test('a nested mutation that failed and was caught leaves no writes', async () => {
  expect(await ctx.caller.relay.catchNested({})).toBe('CONFLICT');
  expect(await ctx.caller.target.notes({})).toEqual(['before', 'after']);
});

test('nested mutations that run side by side do not disturb each other', async () => {
  const before = await ctx.caller.target.notes({});
  expect(await ctx.caller.relay.nestedTogether({})).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  expect(await ctx.caller.target.notes({})).toEqual([...before, 'one', 'two']);
});

test('a snapshot is at one timestamp, whatever is written meanwhile', async () => {
  let isWriting = true;
  const writing = (async () => {
    while (isWriting) await ctx.caller.target.addNote({ text: 'meanwhile' });
  })();
  for (let round = 0; round < 20; round++) {
    const [first, second, third] = await ctx.snapshot((c) => [
      c.target.notes(),
      c.target.echo({ value: round }),
      c.target.notes(),
    ]);
    expect(second).toBe(round);
    expect(third).toEqual(first);
  }
  isWriting = false;
  await writing;
});

describe('who may call what', () => {
  test('an internal procedure is as absent for an outside caller', async () => {
    expect(api.target).not.toHaveProperty('hidden');
    const client = new ConvexHttpClient(backend.url);
    await expect(client.query('target:hidden' as never)).rejects.toThrow(
      /Could not find public function/,
    );
    const hidden = { ...api.target.notes, [Symbol.for('functionName')]: 'target:hidden' };
    const forged = createCallerFactory({
      api: { target: { hidden: hidden as typeof api.target.notes } },
      convexSiteUrl: backend.siteUrl,
    });
    const { caller } = await forged.createContext({ headers: new Headers() });
    await expect(caller.target.hidden({})).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  test('an admin reaches internal procedures, one by one and in a snapshot', async () => {
    expect(await trusted.caller.target.hidden({})).toBe('internal');
    expect(await trusted.snapshot((c) => [c.target.hidden()])).toEqual(['internal']);
    const anonymous = createCallerFactory({ api: internal, convexSiteUrl: backend.siteUrl });
    const { caller } = await anonymous.createContext({ headers: new Headers() });
    await expect(caller.target.hidden({})).rejects.toMatchObject({ code: 'NOT_FOUND' });
    const stranger = createCallerFactory({
      api: internal,
      convexSiteUrl: backend.siteUrl,
      adminKey: 'kitcn|wrong',
    });
    const refused = (await stranger.createContext()).caller.target.hidden();
    await expect(refused).rejects.toMatchObject({
      code: 'FORBIDDEN',
      origin: 'platform',
      data: { code: 'BadDeployKey' },
    });
  });

  test('an admin acts as a user, and as nobody unless told', async () => {
    expect(await admin.as(USER).caller.target.whoAmI()).toMatchObject(USER);
    const [user] = await admin.as(USER).snapshot((c) => [c.target.whoAmI()]);
    expect(user).toMatchObject({ tokenIdentifier: 'https://auth.example|u1' });
    expect(await admin.caller.target.whoAmI()).toBeNull();
  });

  test('an unknown procedure names the nearest one', async () => {
    const caller = ctx.caller as unknown as Record<string, Record<string, () => Promise<unknown>>>;
    await expect((async () => caller['target']?.['ecko']?.())()).rejects.toThrow(/echo/);
  });
});

test('a plain Convex client calls procedures through the same api, with plain JSON', async () => {
  const client = new ConvexHttpClient(backend.url);
  expect(await client.query(api.target.echo, { value: { a: 1 } })).toEqual({ a: 1 });
  expect(await client.query(api.target.echo, { value: { __crpc_Date: 1 } })).toEqual({
    __crpc_Date: 1,
  });
  await expect(client.mutation(api.target.failMutation, { kind: 'crpc' })).rejects.toMatchObject({
    data: { code: 'CONFLICT', message: 'taken' },
  });
});
