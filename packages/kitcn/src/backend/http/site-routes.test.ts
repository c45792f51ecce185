import { expect, test } from 'vitest';
import { BackendError } from '../backend-error.ts';
import type {
  FunctionHost,
  HttpActionRequest,
  HttpActionResponse,
} from '../functions/function-host.ts';
import { HttpServer } from './http-server.ts';
import { createSiteRoutes } from './site-routes.ts';

type Answer = (request: HttpActionRequest) => HttpActionResponse | null;

async function startSite(answer: Answer) {
  const host: FunctionHost = {
    runHttpAction: async (request) => answer(request),
    run: () => Promise.reject(new TypeError('not for the site')),
    runBatch: () => Promise.reject(new TypeError('not for the site')),
    latestTimestamp: () => Promise.reject(new TypeError('not for the site')),
    openLiveQueries: () => {
      throw new TypeError('not for the site');
    },
    push: () => Promise.reject(new TypeError('not for the site')),
    setEnv: () => Promise.reject(new TypeError('not for the site')),
    changeVariables: () => Promise.reject(new TypeError('not for the site')),
    close: () => Promise.resolve(),
  };
  const routes = createSiteRoutes({
    host,
    log() {},
    access: {
      isAdminKey: (candidate) => candidate === 'kitcn|key',
      async verifyToken(token) {
        if (token === 'good') {
          const identity = { tokenIdentifier: 'i|s', subject: 's', issuer: 'i' };
          return { identity, expiresAt: Infinity };
        }
        throw new BackendError(401, 'InvalidAuthHeader', 'bad token');
      },
    },
  });
  const server = await HttpServer.listen({ hostname: '127.0.0.1', port: 0, option: 'sitePort' });
  server.serve((request, connection) => routes.fetch(request, connection));
  return { url: server.url, [Symbol.asyncDispose]: () => server.close() };
}

const text = (body: string): Uint8Array<ArrayBuffer> => new Uint8Array(Buffer.from(body));

test.each(['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'HEAD'])('%s', async (method) => {
  let seen: HttpActionRequest | undefined;
  await using site = await startSite((request) => {
    seen = request;
    return {
      status: 201,
      headers: [
        ['set-cookie', 'a=1'],
        ['set-cookie', 'b=2'],
        ['x-own', 'yes'],
      ],
      body: text('done'),
    };
  });
  const withBody = method === 'GET' || method === 'HEAD' ? {} : { body: 'hello' };
  const response = await fetch(`${site.url}/a/b?c=d`, {
    method,
    headers: { 'x-mine': '1' },
    ...withBody,
  });
  expect(response.status).toBe(201);
  expect(response.headers.getSetCookie()).toEqual(['a=1', 'b=2']);
  expect(response.headers.get('access-control-allow-origin')).toBeNull();
  expect(await response.text()).toBe(method === 'HEAD' ? '' : 'done');
  expect(seen).toMatchObject({
    method,
    url: `${site.url}/a/b?c=d`,
    identity: null,
    identityError: null,
  });
  expect(seen?.headers).toContainEqual(['x-mine', '1']);
  expect(seen?.body && (await new Response(seen.body).text())).toBe(
    'body' in withBody ? 'hello' : null,
  );
});

test.each([
  ['Bearer good', { identity: { subject: 's' }, identityError: null }],
  ['Bearer bad', { identity: null, identityError: { status: 401, code: 'InvalidAuthHeader' } }],
  ['Basic x', { identity: null, identityError: { status: 401, code: 'InvalidAuthHeader' } }],
  ['x', { identity: null, identityError: { status: 400, code: 'InvalidHeaderFailure' } }],
])('Authorization: %s does not fail the request', async (authorization, expected) => {
  let seen: HttpActionRequest | undefined;
  await using site = await startSite((request) => {
    seen = request;
    return { status: 204, headers: [], body: null };
  });
  expect((await fetch(site.url, { headers: { authorization } })).status).toBe(204);
  expect(seen).toMatchObject(expected);
});

test('no route is a 404 text', async () => {
  await using site = await startSite(() => null);
  const response = await fetch(`${site.url}/x`);
  expect(response.status).toBe(404);
  expect(await response.text()).toBe('No matching routes found');
});

test('a body over 20 MiB', async () => {
  await using site = await startSite(() => ({ status: 200, headers: [], body: null }));
  const body = new Uint8Array(20 * 1024 * 1024);
  expect((await fetch(site.url, { method: 'POST', body })).status).toBe(200);
  const over = await fetch(site.url, { method: 'POST', body: new Uint8Array(body.length + 1) });
  expect(over.status).toBe(413);
});
