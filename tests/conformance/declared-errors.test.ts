import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { ConvexHttpClient } from 'convex/browser';
import { startBackend } from 'kitcn/backend';
import type { Backend } from 'kitcn/backend';
import { CRPCError, isDeclaredError, safe } from 'kitcn/crpc';
import type { ProcedureHandle } from 'kitcn/crpc';
import { createCallerFactory } from 'kitcn/server';
import type { AdminContext } from 'kitcn/server';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { transformer } from './project/convex/lib/transformer.ts';
import { api } from './project/convex/shared/api.ts';
import type { Api } from './project/convex/shared/api.ts';

type Kind = 'data' | 'plain' | 'byHand' | 'unfit' | 'unsendable' | 'table';
type Context = Awaited<ReturnType<ReturnType<typeof createCallerFactory<Api>>['createContext']>>;

/** What a caller can tell of the error that a call ended with. */
interface Report {
  isDeclared: boolean;
  code: string;
  message: string;
  status: number;
  data: unknown;
}

const projectDir = fileURLToPath(new URL('project', import.meta.url));
let backend: Backend;
let factory: ReturnType<typeof createCallerFactory<Api>>;
let ctx: Context;
let admin: AdminContext<Api>;

beforeAll(async () => {
  execFileSync('kitcn', ['codegen'], { cwd: projectDir });
  backend = await startBackend({ projectDir, dataDir: ':memory:', log: () => {} });
  const { adminKey, siteUrl: convexSiteUrl } = backend;
  factory = createCallerFactory({ api, convexSiteUrl, transformer });
  ctx = await factory.createContext({ headers: new Headers() });
  admin = await createCallerFactory({ api, convexSiteUrl, transformer, adminKey }).createContext();
});

afterAll(() => backend?.close());

async function reportOf(call: Promise<unknown>, procedure: ProcedureHandle): Promise<Report> {
  const [error] = await safe(call);
  if (error === undefined) return expect.fail('did not fail');
  expect(error).toBeInstanceOf(CRPCError);
  expect(error.origin).toBe('function');
  const { code, data, message, status } = error;
  return { isDeclared: isDeclaredError(error, procedure), code, data, message, status };
}

const { buy, enter, glance, look, order } = api.shop;
const routes = api.http.shop;

/** Every way to call a procedure that declares errors; each must tell the same of them. */
const WAYS: [string, (kind: Kind) => Promise<unknown>][] = [
  ['a query', (kind) => reportOf(ctx.caller.shop.look({ kind }), look)],
  [
    'a query without a declared result',
    (kind) => reportOf(ctx.caller.shop.glance({ kind }), glance),
  ],
  ['a middleware', (kind) => reportOf(ctx.caller.shop.enter({ kind }), enter)],
  ['a mutation', (kind) => reportOf(ctx.caller.shop.buy({ kind }), buy)],
  ['an action', (kind) => reportOf(ctx.caller.shop.order({ kind }), order)],
  ['an admin', (kind) => reportOf(admin.caller.shop.order({ kind }), order)],
  [
    'the lazy caller',
    (kind) => reportOf(factory.createCaller(async () => ctx).shop.buy({ kind }), buy),
  ],
  [
    'a snapshot',
    (kind) =>
      reportOf(
        ctx.snapshot((c) => [c.shop.look({ kind })]),
        look,
      ),
  ],
  [
    'a settled snapshot',
    async (kind) => {
      const [result] = await ctx.snapshot.settled((c) => [c.shop.look({ kind })]);
      return result.status === 'rejected'
        ? reportOf(Promise.reject(result.reason), look)
        : expect.fail('did not fail');
    },
  ],
  [
    'a procedure that lets the same pass',
    (kind) => reportOf(ctx.caller.passing.passOnSame({ kind }), buy),
  ],
  ['a route', (kind) => reportOf(ctx.caller.http.shop.buy({ input: { kind } }), routes.buy)],
  [
    'a route without a declared result',
    (kind) => reportOf(ctx.caller.http.shop.look({ params: { kind } }), routes.look),
  ],
  [
    'a middleware of a route',
    (kind) => reportOf(ctx.caller.http.shop.enter({ input: { kind } }), routes.enter),
  ],
  [
    'a route that lets the same pass',
    (kind) => reportOf(ctx.caller.http.shop.relay({ input: { kind } }), routes.relay),
  ],
  ['a handler in a query', (kind) => ctx.caller.shoppers.handlerInQuery({ kind })],
  ['a handler in a mutation', (kind) => ctx.caller.shoppers.handlerInMutation({ kind })],
  ['a caller in a query', (kind) => ctx.caller.shoppers.callerInQuery({ kind })],
  ['a caller in a mutation', (kind) => ctx.caller.shoppers.callerInMutation({ kind })],
  ['a query in an action', (kind) => ctx.caller.shoppers.queryInAction({ kind })],
  ['a mutation in an action', (kind) => ctx.caller.shoppers.mutationInAction({ kind })],
  ['an action in an action', (kind) => ctx.caller.shoppers.actionInAction({ kind })],
];

const OUT_OF_STOCK = {
  code: 'OUT_OF_STOCK',
  message: 'Nothing is left',
  status: 409,
  data: { left: 0, since: new Date(5), asked: new Set(['a']), more: { __crpc_Date: 1 } },
};

const UNFIT = {
  isDeclared: false,
  code: 'INTERNAL_SERVER_ERROR',
  status: 500,
  message: 'Data of the error OUT_OF_STOCK does not fit its schema: left invalid_type',
  data: undefined,
};

describe.each(WAYS)('through %s', (_, fail) => {
  test('a declared error arrives whole', async () => {
    expect(await fail('data')).toEqual({ isDeclared: true, ...OUT_OF_STOCK });
  });

  test('one without data, with a message of its own', async () => {
    const report = await fail('plain');
    expect(report).toEqual({
      isDeclared: true,
      code: 'EXPIRED',
      message: 'Too late',
      status: 410,
      data: undefined,
    });
    expect(JSON.stringify(report)).not.toContain('hunter2');
  });

  test('data that does not fit is named, and not sent', async () => {
    expect(await fail('unfit')).toEqual(UNFIT);
  });

  test('an error of the code table is none of the declared ones', async () => {
    expect(await fail('table')).toMatchObject({
      isDeclared: false,
      code: 'NOT_FOUND',
      status: 404,
    });
  });
});

/** A handler's errors do not travel: they are thrown at who called it, as they are. */
const TRAVELLING = WAYS.filter(([name]) => !name.startsWith('a handler'));

describe.each(TRAVELLING)('through %s, on its way', (_, fail) => {
  test('an error made by hand is taken for the declared one', async () => {
    expect(await fail('byHand')).toMatchObject({ isDeclared: true, code: 'EXPIRED', status: 410 });
  });

  test('data that no codec knows is named with its path', async () => {
    expect(await fail('unsendable')).toMatchObject({
      isDeclared: false,
      code: 'INTERNAL_SERVER_ERROR',
      message: expect.stringContaining('OUT_OF_STOCK error cannot travel. Cannot send more[0]'),
      data: { path: 'more[0]' },
    });
  });
});

describe('an error that passes through another procedure', () => {
  test('keeps code, status and data where the other declares nothing', async () => {
    const call = (): Promise<unknown> => ctx.caller.passing.passOn({ kind: 'data' });
    expect(await reportOf(call(), api.passing.passOn)).toEqual({
      isDeclared: false,
      ...OUT_OF_STOCK,
    });
    expect(await reportOf(call(), buy)).toMatchObject({ isDeclared: true });
  });

  test('is not taken for what the other declares by that name', async () => {
    const call = ctx.caller.passing.passOnOther({ kind: 'data' });
    expect(await reportOf(call, api.passing.passOnOther)).toEqual({
      ...UNFIT,
      message: 'Data of the error OUT_OF_STOCK does not fit its schema: shop invalid_type',
    });
  });
});

test('types follow the promise', async () => {
  expect(await ctx.caller.shoppers.typed()).toBe(5);
  const [error, data] = await safe(ctx.caller.shop.buy({ kind: 'data' }));
  expect(data).toBeUndefined();
  if (error?.code !== 'OUT_OF_STOCK') return expect.fail('another error');
  const since: Date = error.data.since;
  expect(since).toEqual(new Date(5));
});

test('types follow the promise of a route', async () => {
  const [error] = await safe(ctx.caller.http.shop.buy({ input: { kind: 'data' } }));
  if (error?.code !== 'OUT_OF_STOCK') return expect.fail('another error');
  const since: Date = error.data.since;
  expect(since).toEqual(new Date(5));
});

test('any client of a route reads the status, and code and data in the body', async () => {
  const response = await fetch(`${backend.siteUrl}/shop/plain`);
  expect(response.status).toBe(410);
  expect(await response.json()).toEqual({
    __crpc: 1,
    code: 'EXPIRED',
    message: 'Too late',
    status: 410,
  });
  const { status } = await fetch(`${backend.siteUrl}/shop/unfit`);
  expect(status).toBe(500);
});

test('a plain Convex client reads code and status in the data of a ConvexError', async () => {
  const client = new ConvexHttpClient(backend.url);
  await expect(client.mutation(buy, { kind: 'plain' })).rejects.toMatchObject({
    data: { code: 'EXPIRED', message: 'Too late', status: 410 },
  });
});
