import { describe, expect, test } from 'vitest';
import type { Value } from 'convex/values';
import { CRPCError } from '../errors/crpc-error.ts';
import type { ConvexContext } from './convex-context.ts';
import {
  authorizations,
  countingAuth,
  deploy,
  failure,
  headers,
  refused,
  success,
  thrown,
  UNAUTHORIZED,
} from './scripted-deployment.fixture.ts';
import type { Api, Reply, SeenRequest } from './scripted-deployment.fixture.ts';
import type { SnapshotCaller, SnapshotQuery } from './snapshot.ts';

const at = new Date(1_700_000_000_123);
const rows = (name: string): Value => [{ name, at: { __crpc_Date: +at } }];

const batch = (...answers: Reply[]): Reply => ({
  json: { results: answers.map(({ json }) => json) },
});
const queriesOf = ({ body }: SeenRequest): { path: string; args: unknown[] }[] =>
  (body as { queries: { path: string; args: unknown[] }[] }).queries;
/** Answers each query of a batch, and a single query, with its own arguments as the name of a row. */
const answerAll = (request: SeenRequest): Reply =>
  request.url === '/api/query_batch'
    ? batch(...queriesOf(request).map(({ args }) => success(rows(JSON.stringify(args)))))
    : success(rows(JSON.stringify((request.body as { args: unknown }).args)));

type Context = ConvexContext<Api>;
type Collect = (c: SnapshotCaller<Api>) => readonly SnapshotQuery<unknown>[];

const since = (ms: number): { since: Date } => ({ since: new Date(ms) });
/** As many different queries. */
const many =
  (count: number): Collect =>
  (c) =>
    Array.from({ length: count }, (_, index) => c.user.list(since(index)));

describe('one request', () => {
  test('for a list of queries: POST /api/query_batch, answers in order', async () => {
    await using deployment = await deploy(() => batch(success(rows('a')), success(rows('b'))));
    const ctx = await deployment.factory().createContext(headers());
    const result = await ctx.snapshot((c) => [c.user.list({ since: at }), c.user.list()]);
    expect(result).toEqual([[{ name: 'a', at }], [{ name: 'b', at }]]);
    expect(deployment.requests).toMatchObject([
      {
        url: '/api/query_batch',
        body: {
          queries: [
            {
              path: 'user:list',
              format: 'convex_encoded_json',
              args: [{ since: { __crpc_Date: +at } }],
            },
            { path: 'user:list', format: 'convex_encoded_json', args: [{}] },
          ],
        },
      },
    ]);
  });

  test('for queries by name', async () => {
    await using deployment = await deploy(() => batch(success(rows('a')), success(rows('b'))));
    const ctx = await deployment.factory().createContext(headers());
    const result = await ctx.snapshot((c) => ({ all: c.user.list(), some: c.user.list({}) }));
    expect(result).toEqual({ all: [{ name: 'a', at }], some: [{ name: 'b', at }] });
    expect(deployment.requests).toHaveLength(1);
  });

  test('nothing is sent for no queries', async () => {
    await using deployment = await deploy(answerAll);
    const ctx = await deployment.factory().createContext(headers());
    expect(await ctx.snapshot(() => [])).toEqual([]);
    expect(await ctx.snapshot(() => ({}))).toEqual({});
    expect(deployment.requests).toHaveLength(0);
  });

  test('with the token of the context', async () => {
    await using deployment = await deploy(answerAll);
    const ctx = await deployment.factory({ auth: countingAuth() }).createContext(headers());
    await ctx.snapshot(many(3));
    expect(authorizations(deployment)).toEqual(['Bearer t1']);
  });
});

describe('a query that fails', () => {
  const answer = batch(
    success(rows('a')),
    thrown(new CRPCError({ code: 'NOT_FOUND', message: 'gone', data: { at } })),
    failure('[Request ID: 1f] Server Error'),
  );

  test('rejects the snapshot with its own error', async () => {
    await using deployment = await deploy(() => answer);
    const ctx = await deployment.factory().createContext(headers());
    await expect(ctx.snapshot(many(3))).rejects.toEqual(
      new CRPCError({ code: 'NOT_FOUND', message: 'gone', data: { at } }),
    );
  });

  test('settled tells how each one ended', async () => {
    await using deployment = await deploy(() => answer);
    const ctx = await deployment.factory().createContext(headers());
    const results = await ctx.snapshot.settled((c) => ({
      a: c.user.list(),
      b: c.user.list(),
      c: c.user.list(),
    }));
    expect(results).toMatchObject({
      a: { status: 'fulfilled', value: [{ name: 'a', at }] },
      b: { status: 'rejected', reason: { code: 'NOT_FOUND', data: { at } } },
      c: { status: 'rejected', reason: { code: 'INTERNAL_SERVER_ERROR' } },
    });
  });

  test('a request that fails as a whole rejects settled as well', async () => {
    for (const broken of [
      'reset',
      refused('BadConvexFunctionIdentifier', 400),
      { json: { results: [] } },
      { json: { results: [{ status: 'odd' }, { status: 'odd' }] } },
      { text: '<html>' },
    ] as const) {
      await using deployment = await deploy(() => broken);
      const ctx = await deployment.factory().createContext(headers());
      await expect(ctx.snapshot.settled(many(2))).rejects.toBeInstanceOf(CRPCError);
    }
  });
});

describe('refused before anything is sent', () => {
  test.each<[string, (c: SnapshotCaller<Api>) => unknown, RegExp]>([
    [
      'a mutation',
      (c) => [(c.user.create as unknown as () => unknown)()],
      /user.create is of type mutation/,
    ],
    [
      'an action',
      (c) => [(c.jobs.reindex as unknown as () => unknown)()],
      /jobs.reindex is of type action/,
    ],
    ['something else', () => [{ status: 'fine' }], /something that is no query/],
    ['no list', () => 7, /an array or an object of queries/],
    ['an async callback', async (c) => [c.user.list()], /an array or an object of queries/],
    [
      'an async callback that throws',
      () => Promise.reject(new Error('x')),
      /an array or an object/,
    ],
    [
      'a typo',
      (c) => [c.user.list(), (c.user as unknown as { lst: () => unknown }).lst()],
      /Did you mean user.list/,
    ],
    [
      'an unsupported value',
      (c) => [c.user.list({ since: new Map() as never })],
      /Cannot send since: a Map/,
    ],
  ])('%s', async (_name, collect, message) => {
    await using deployment = await deploy(answerAll);
    const ctx = await deployment.factory().createContext(headers());
    await expect(ctx.snapshot(collect as Collect)).rejects.toThrowError(message);
    await expect(ctx.snapshot.settled(collect as Collect)).rejects.toMatchObject({
      origin: 'client',
    });
    expect(deployment.requests).toHaveLength(0);
  });

  test('what the callback throws passes untouched', async () => {
    await using deployment = await deploy(answerAll);
    const ctx = await deployment.factory().createContext(headers());
    const error = new RangeError('mine');
    const collect = (): never => {
      throw error;
    };
    await expect(ctx.snapshot(collect)).rejects.toBe(error);
  });
});

describe('too many for one request', () => {
  test('are split, all are answered in order', async () => {
    await using deployment = await deploy(answerAll);
    const ctx = await deployment.factory().createContext(headers());
    const results = (await ctx.snapshot(many(101))) as unknown as { name: string }[][];
    expect(deployment.requests.map((request) => queriesOf(request).length).sort()).toEqual([
      1, 100,
    ]);
    expect(results).toHaveLength(101);
    expect(results[100]?.[0]?.name).toBe(JSON.stringify([{ since: { __crpc_Date: 100 } }]));
  });

  test('are refused if they must be consistent', async () => {
    await using deployment = await deploy(answerAll);
    const ctx = await deployment.factory().createContext(headers());
    const snapshot = ctx.snapshot(many(101), { consistent: true });
    await expect(snapshot).rejects.toMatchObject({ code: 'PAYLOAD_TOO_LARGE', origin: 'client' });
    expect(deployment.requests).toHaveLength(0);
    expect(await ctx.snapshot(many(100), { consistent: true })).toHaveLength(100);
    expect(deployment.requests).toHaveLength(1);
  });
});

describe('a deployment without batches', () => {
  const old = (request: SeenRequest): Reply =>
    request.url === '/api/query_batch'
      ? { status: 404, text: 'No matching routes found' }
      : answerAll(request);
  const urls = (requests: readonly SeenRequest[]): string[] => requests.map(({ url }) => url);

  test('is asked once for all contexts of a factory, then gets separate requests', async () => {
    await using deployment = await deploy(old);
    const { createContext } = deployment.factory();
    const [one, two] = [await createContext(headers()), await createContext(headers())];
    expect(await one.snapshot(many(2))).toHaveLength(2);
    expect(await two.snapshot(many(1))).toHaveLength(1);
    expect(urls(deployment.requests)).toEqual([
      '/api/query_batch',
      '/api/query',
      '/api/query',
      '/api/query',
    ]);
  });

  test('is asked again if it was only away for a moment', async () => {
    await using deployment = await deploy((request, index) =>
      index < 2 ? { status: 404, text: 'Not here' } : answerAll(request),
    );
    const ctx = await deployment.factory().createContext(headers());
    await expect(ctx.snapshot(many(1))).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await ctx.snapshot(many(1));
    expect(urls(deployment.requests)[2]).toBe('/api/query_batch');
  });

  test('has no consistent snapshots', async () => {
    await using deployment = await deploy(old);
    const ctx = await deployment.factory().createContext(headers());
    for (const _again of [1, 2]) {
      await expect(ctx.snapshot(many(2), { consistent: true })).rejects.toMatchObject({
        code: 'NOT_IMPLEMENTED',
      });
    }
    expect(new Set(urls(deployment.requests))).toEqual(new Set(['/api/query_batch']));
  });

  test('settles each of them', async () => {
    await using deployment = await deploy((request, index) =>
      index === 1 ? UNAUTHORIZED : old(request),
    );
    const ctx = await deployment.factory().createContext(headers());
    const results = await ctx.snapshot.settled(many(2));
    expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  });
});

describe('replay and retries', () => {
  test('a stale token is refreshed and the whole snapshot taken again', async () => {
    await using deployment = await deploy((request, index) =>
      index === 0 ? refused('InvalidAuthHeader') : answerAll(request),
    );
    const ctx = await deployment.factory({ auth: countingAuth() }).createContext(headers());
    await ctx.snapshot(many(2));
    expect(authorizations(deployment)).toEqual(['Bearer t1', 'Bearer t2']);
  });

  test('so it is if one query throws UNAUTHORIZED', async () => {
    const partly = batch(success(rows('a')), UNAUTHORIZED);
    await using deployment = await deploy((request, index) =>
      index === 0 ? partly : answerAll(request),
    );
    const ctx = await deployment.factory({ auth: countingAuth() }).createContext(headers());
    expect(await ctx.snapshot(many(2))).toHaveLength(2);
    expect(deployment.requests.map((request) => queriesOf(request).length)).toEqual([2, 2]);
  });

  test('but not with a fresh token, nor twice; the others keep their results', async () => {
    for (const [isFresh, sent] of [
      [true, 1],
      [false, 2],
    ] as const) {
      await using deployment = await deploy(() => batch(success(rows('a')), UNAUTHORIZED));
      const auth = countingAuth(isFresh);
      const ctx = await deployment.factory({ auth }).createContext(headers());
      expect(await ctx.snapshot.settled(many(2))).toMatchObject([
        { status: 'fulfilled' },
        { status: 'rejected', reason: { code: 'UNAUTHORIZED' } },
      ]);
      expect(deployment.requests).toHaveLength(sent);
    }
  });

  test('retries are for snapshots too', async () => {
    await using deployment = await deploy((request, index) =>
      index === 0 ? 'reset' : answerAll(request),
    );
    const ctx = await deployment.factory({ random: () => 0 }).createContext(headers());
    await expect(ctx.snapshot(many(2), { retries: -1 })).rejects.toThrowError(/retries must be/);
    expect(await ctx.snapshot(many(2), { retries: 1 })).toHaveLength(2);
  });
});

describe('deadlines', () => {
  test('timeoutMs and signal, and the socket is closed', async () => {
    await using deployment = await deploy(() => 'hang');
    const ctx: Context = await deployment.factory().createContext(headers());
    await expect(ctx.snapshot(many(2), { timeoutMs: 20 })).rejects.toMatchObject({
      code: 'TIMEOUT',
    });
    await (
      await deployment.reached
    ).hungUp;
    const signal = AbortSignal.abort();
    await expect(ctx.snapshot(many(2), { signal })).rejects.toMatchObject({
      code: 'CLIENT_CLOSED_REQUEST',
    });
    expect(deployment.requests).toHaveLength(1);
  });
});
