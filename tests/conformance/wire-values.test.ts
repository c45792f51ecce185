import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { ConvexHttpClient } from 'convex/browser';
import { startBackend } from 'kitcn/backend';
import type { Backend } from 'kitcn/backend';
import { createCallerFactory } from 'kitcn/server';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { transformer } from './project/convex/lib/transformer.ts';
import { api } from './project/convex/shared/api.ts';
import type { Api } from './project/convex/shared/api.ts';

type Context = Awaited<ReturnType<ReturnType<typeof createCallerFactory<Api>>['createContext']>>;

const projectDir = fileURLToPath(new URL('project', import.meta.url));
let backend: Backend;
let ctx: Context;
/** A caller out of the entry that bundlers get where bytes count: it carries plain JSON itself, and loads the rest. */
let small: Context;
/** A caller that lacks the codecs which the procedures have. */
let plain: Context;

beforeAll(async () => {
  execFileSync('kitcn', ['codegen'], { cwd: projectDir });
  backend = await startBackend({ projectDir, dataDir: ':memory:', log: () => {} });
  const { siteUrl: convexSiteUrl } = backend;
  const headers = new Headers();
  ctx = await createCallerFactory({ api, convexSiteUrl, transformer }).createContext({ headers });
  const entry = new URL('../../packages/kitcn/dist/entries/server.js', import.meta.url).href;
  const forBundlers = (await import(entry)) as typeof import('kitcn/server');
  small = await forBundlers
    .createCallerFactory({ api, convexSiteUrl, transformer })
    .createContext({ headers });
  plain = await createCallerFactory({ api, convexSiteUrl }).createContext({ headers });
});

afterAll(() => backend?.close());

const RELAYS = [
  'handlerInQuery',
  'handlerInMutation',
  'callerInQuery',
  'callerInMutation',
  'callerInAction',
] as const;

/** Every way from a caller to a procedure and back. */
const WAYS: [string, (value: unknown) => Promise<unknown>][] = [
  ['a query', (value) => ctx.caller.target.echo({ value })],
  ['a mutation', (value) => ctx.caller.target.echoMutation({ value })],
  ['an action', (value) => ctx.caller.target.echoAction({ value })],
  ['a query, where bytes count', (value) => small.caller.target.echo({ value })],
  ['a snapshot', async (value) => (await ctx.snapshot((c) => [c.target.echo({ value })]))[0]],
  ...RELAYS.map((name): [string, (value: unknown) => Promise<unknown>] => [
    name,
    async (value) => ((await ctx.caller.relay[name]({ value })) as { result?: unknown }).result,
  ]),
];

describe.each(WAYS)('through %s', (_, carry) => {
  test.each<[string, unknown]>([
    [
      'a Map',
      new Map<unknown, unknown>([
        ['a', new Date(1)],
        [{ k: 1n }, new Map()],
      ]),
    ],
    ['a Set', { tags: new Set(['a', new Set([null])]) }],
    ['a URL', [new URL('https://example.com/a?b=c#d')]],
    ['what looks like their tags', { __crpc_Map: [], a: { ___crpc_Set: [new Set()] } }],
    ['the bounds of int64', [2n ** 63n - 1n, -(2n ** 63n)]],
    ['the edges of numbers', [5e-324, 1.7976931348623157e308, 2 ** 53, -0]],
    ['text of all kinds', ['\u0000\u2028"\\', '😀', 'é'.repeat(1_000)]],
    ['names in no order', { b: 1, a: { z: 1, _: new Date(1), '10': 1, '9': 2, Z: 3 } }],
    ['no bytes and many', [new ArrayBuffer(0), new Uint8Array(1_000).fill(7).buffer]],
    ['what is nested deeply', nest(40)],
  ])('%s arrives as it was sent', async (_name, value) => {
    expect(await carry(value)).toStrictEqual(value);
  });
});

function nest(levels: number): unknown {
  let value: unknown = new Date(1);
  for (let level = 0; level < levels; level++) value = level % 2 === 0 ? [value] : { a: value };
  return value;
}

describe('codecs and validators', () => {
  test('a procedure with Map and Set in its schemas', async () => {
    const value = { tags: new Set(['a']), counts: new Map([['a', 1]]) };
    const merged = await ctx.caller.carriage.merge(value);
    expect(merged).toEqual({ ...value, tags: new Set(['a', 'merged']) });
  });

  test('the deployment itself refuses what is no such thing', async () => {
    const client = new ConvexHttpClient(backend.url);
    const args = { tags: ['a'], counts: { __crpc_Map: [] } } as never;
    await expect(client.query(api.carriage.merge, args)).rejects.toThrow(/ArgumentValidation/);
  });

  test('error data', async () => {
    await expect(ctx.caller.carriage.errorData({})).rejects.toMatchObject({
      code: 'CONFLICT',
      data: { seen: new Map([['a', new Set([1])]]) },
    });
  });
});

describe('a value that no codec knows is named with its path', () => {
  test('a remote argument, before anything is sent', async () => {
    const call = (): Promise<unknown> =>
      ctx.caller.target.echoMutation({ value: { tags: new Map([[1, new WeakMap()]]) } });
    await expect((async () => call())()).rejects.toMatchObject({
      code: 'BAD_REQUEST',
      origin: 'client',
      data: { path: 'value.tags[0][1]' },
    });
  });

  test('a result', async () => {
    await expect(ctx.caller.carriage.result({})).rejects.toMatchObject({
      message: expect.stringContaining('deep[1]: a WeakMap'),
    });
  });

  test.each(['nestedArgument', 'scheduledArgument'] as const)('a %s', async (name) => {
    expect(await ctx.caller.carriage[name]({})).toEqual({
      code: 'BAD_REQUEST',
      data: { path: 'value.deep[1]' },
    });
  });

  test('error data', async () => {
    await expect(ctx.caller.carriage.unsendableErrorData({})).rejects.toMatchObject({
      code: 'INTERNAL_SERVER_ERROR',
      data: { path: 'deep[1]' },
    });
  });
});

describe('a codec on one side only', () => {
  test('the receiver of a result names the tag and the path', async () => {
    const wire = { a: [{ __crpc_Set: ['x'] }] };
    const client = new ConvexHttpClient(backend.url);
    expect(await client.query(api.target.echo, { value: wire })).toEqual(wire);
    await expect(plain.caller.carriage.errorData({})).rejects.toMatchObject({
      code: 'PARSE_ERROR',
      message: expect.stringContaining('__crpc_Map'),
      data: { path: 'seen' },
    });
  });

  test('a tag that the procedure has no codec for', async () => {
    const client = new ConvexHttpClient(backend.url);
    const args = { value: { at: [{ __crpc_Temporal: '2026' }] } };
    await expect(client.query(api.target.echo, args)).rejects.toMatchObject({
      data: { code: 'PARSE_ERROR', data: { path: 'value.at[0]' } },
    });
  });

  test('a broken payload', async () => {
    const client = new ConvexHttpClient(backend.url);
    const args = { value: { __crpc_URL: 'no url' } };
    await expect(client.query(api.target.echo, args)).rejects.toMatchObject({
      data: { code: 'PARSE_ERROR', data: { path: 'value' } },
    });
  });
});
