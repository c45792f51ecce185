import { convexToJson } from 'convex/values';
import { expect, test, vi } from 'vitest';
import type { ApiRouteLeaf } from '../api/api-route.ts';
import { createApi } from '../api/create-api.ts';
import { CRPCError } from '../errors/crpc-error.ts';
import { createCodec } from '../wire/codec.ts';
import { toErrorPayload } from '../wire/to-error-payload.ts';
import type { CreateCallerFactoryOptions } from './caller-options.ts';
import { createCallerFactory } from './create-caller-factory.ts';
import { authorizations, countingAuth, deploy, headers } from './scripted-deployment.fixture.ts';
import type { Deployment, Reply } from './scripted-deployment.fixture.ts';
import type { ServerCaller } from './server-caller.ts';

interface Api {
  http: {
    get: ApiRouteLeaf<
      'query',
      { params: { id: string }; searchParams?: Record<string, unknown> },
      { at: Date }
    >;
    add: ApiRouteLeaf<'mutation', { input?: unknown; form?: object }, null>;
  };
}

const api = createApi<Api>({
  http: {
    get: { type: 'query', route: 'GET /users/:id{[0-9a-z]+}/posts' },
    add: { type: 'mutation', route: 'POST /users' },
  },
});

const value = (json: unknown): Reply => ({
  json,
  headers: { 'Content-Type': 'application/json; crpc=1' },
});
const thrown = (status: number, error: CRPCError): Reply => ({
  status,
  json: convexToJson(toErrorPayload(error, createCodec().output)),
});
const found = value({ at: { __crpc_Date: 1 } });
const unauthorized = thrown(401, new CRPCError({ code: 'UNAUTHORIZED' }));

/** The routes of a scripted deployment, whose one port answers both. */
async function routesOf(
  { siteUrl }: Deployment,
  options: Partial<CreateCallerFactoryOptions<Api>> = {},
): Promise<ServerCaller<Api>['http']> {
  const url = new URL(siteUrl);
  url.port = String(Number(url.port) - 1);
  const { origin } = url;
  const factory = createCallerFactory({
    api,
    convexSiteUrl: origin,
    convexUrl: origin,
    ...options,
  });
  return (await factory.createContext(headers())).caller.http;
}

test('a request has the method, path, query string, body and token of the call', async () => {
  await using deployment = await deploy((_request, index) => (index === 0 ? found : value(null)));
  const { get, add } = await routesOf(deployment, { auth: countingAuth() });
  const searchParams = { q: 'a b', tags: ['x', 'y'], at: new Date(0), n: 1, none: undefined };
  expect(await get({ params: { id: 'ü/?' }, searchParams })).toEqual({ at: new Date(1) });
  expect(await add({ input: { at: new Date(2) } })).toBe(null);
  expect(deployment.requests).toMatchObject([
    {
      method: 'GET',
      url: '/users/%C3%BC%2F%3F/posts?q=a+b&tags=x&tags=y&at=1970-01-01T00%3A00%3A00.000Z&n=1',
    },
    { method: 'POST', url: '/users', body: { at: { __crpc_Date: 2 } } },
  ]);
  expect(authorizations(deployment)).toEqual(['Bearer t1', 'Bearer t1']);
});

test.each<[string, (http: ServerCaller<Api>['http']) => Promise<unknown>, string]>([
  ['an empty parameter', (http) => http.get({ params: { id: '' } }), 'params.id'],
  ['a parameter that is another path', (http) => http.get({ params: { id: '..' } }), 'params.id'],
  ['no parameter', (http) => http.get({ params: {} as never }), 'params.id'],
  [
    'an object in the query string',
    (http) => http.get({ params: { id: 'a' }, searchParams: { at: {} } }),
    'searchParams.at',
  ],
  ['an invalid Date in a form', (http) => http.add({ form: { at: new Date(NaN) } }), 'form.at'],
  ['what no codec knows', (http) => http.add({ input: { a: [new WeakMap()] } }), 'a[0]'],
])('%s is refused with its path, before anything is sent', async (_, call, path) => {
  await using deployment = await deploy(() => found);
  await expect(call(await routesOf(deployment))).rejects.toMatchObject({
    code: 'BAD_REQUEST',
    origin: 'client',
    data: { path },
  });
  expect(deployment.requests).toEqual([]);
});

test('a query whose token was not enough is sent again with a newer one, a mutation is not', async () => {
  await using deployment = await deploy(({ headers: sent }) =>
    sent.authorization === 'Bearer t1' ? unauthorized : found,
  );
  const { get } = await routesOf(deployment, { auth: countingAuth() });
  expect(await get({ params: { id: 'a' } })).toEqual({ at: new Date(1) });
  expect(authorizations(deployment)).toEqual(['Bearer t1', 'Bearer t2']);
  const { add } = await routesOf(deployment, { auth: countingAuth() });
  await expect(add({})).rejects.toMatchObject({ code: 'UNAUTHORIZED' });
  expect(await add({}, { skipUnauth: true })).toBe(null);
  expect(authorizations(deployment).slice(2)).toEqual(['Bearer t1', 'Bearer t1']);
});

test('queries are tried again where the network or the deployment may do better', async () => {
  await using deployment = await deploy((_request, index) => {
    if (index === 0) return 'reset';
    return index === 1 ? { status: 503, text: 'busy' } : found;
  });
  const http = await routesOf(deployment, { random: () => 0 });
  expect(await http.get({ params: { id: 'a' } }, { retries: 2 })).toEqual({ at: new Date(1) });
  expect(deployment.requests).toHaveLength(3);
  await expect(http.add({}, { retries: 1 } as never)).rejects.toMatchObject({
    code: 'BAD_REQUEST',
    message: expect.stringContaining('retries'),
  });
});

test('a broken connection, and an answer that no route gave', async () => {
  await using deployment = await deploy((_request, index) =>
    index === 0 ? 'reset' : { status: 502, text: '<html>', headers: { 'Retry-After': '3' } },
  );
  const { add } = await routesOf(deployment);
  await expect(add({})).rejects.toMatchObject({ code: 'BAD_GATEWAY', origin: 'network' });
  await expect(add({})).rejects.toMatchObject({
    code: 'BAD_GATEWAY',
    origin: 'network',
    message: 'http.add was answered with HTTP 502',
    data: { retryAfterMs: 3_000 },
  });
});

test('a response that a handler made is handed on', async () => {
  await using deployment = await deploy(() => ({ status: 203, json: { own: 1 } }));
  const { get } = await routesOf(deployment);
  const response = (await get({ params: { id: 'a' } })) as unknown as Response;
  expect(response.status).toBe(203);
  expect(await response.json()).toEqual({ own: 1 });
});

test('deadlines and signals end a call and its request', async () => {
  await using deployment = await deploy(() => 'hang');
  const { get, add } = await routesOf(deployment);
  await expect(get({ params: { id: 'a' } }, { timeoutMs: 50 })).rejects.toMatchObject({
    code: 'TIMEOUT',
  });
  await (
    await deployment.reached
  ).hungUp;
  const controller = new AbortController();
  const call = add({}, { signal: controller.signal });
  controller.abort();
  await expect(call).rejects.toMatchObject({ code: 'CLIENT_CLOSED_REQUEST' });
});

test('hooks and interceptors see a route as any call', async () => {
  await using deployment = await deploy(() => thrown(409, new CRPCError({ code: 'CONFLICT' })));
  const onError = vi.fn();
  const { add } = await routesOf(deployment, {
    onError,
    interceptors: [
      (call, next) => {
        call.headers.set('traceparent', 'here');
        call.headers.set('authorization', 'somebody');
        return next();
      },
    ],
  });
  await expect(add({ input: 1 })).rejects.toBeInstanceOf(CRPCError);
  expect(onError).toHaveBeenCalledExactlyOnceWith(
    expect.objectContaining({ path: 'http.add', kind: 'mutation', attempt: 1, origin: 'function' }),
  );
  expect(deployment.requests[0]?.headers).toMatchObject({
    traceparent: 'here',
    'convex-request-id': expect.stringMatching(/^[0-9a-f]{16}$/),
  });
  expect(authorizations(deployment)).toEqual([undefined]);
});

test('no route ever sees the admin key, and a snapshot holds no route', async () => {
  await using deployment = await deploy(() => found);
  const { siteUrl: convexSiteUrl } = deployment;
  const admin = createCallerFactory({ api, convexSiteUrl, adminKey: 'name|secret' });
  const ctx = await admin.createContext();
  await expect(ctx.caller.http.get({ params: { id: 'a' } })).rejects.toMatchObject({
    code: 'BAD_REQUEST',
    message: expect.stringContaining('admin key'),
  });
  const taking = ctx.snapshot(
    // @ts-expect-error: a route is no query of a snapshot
    (c) => [c.http.get({ params: { id: 'a' } })],
  );
  await expect(taking).rejects.toThrow('is an HTTP route');
  expect(deployment.requests).toEqual([]);
});
