import { expect, test } from 'vitest';
import type { HttpActionRequest } from './function-host.ts';
import { SERVER, temporaryHost } from './temporary-host.fixture.ts';

const HTTP = `${SERVER}
const http = httpRouter();
const route = (method, path, handler) => http.route({ method, path, handler: httpAction(handler) });
route('POST', '/echo', async (ctx, request) => {
  const body = await request.json();
  await ctx.runMutation(ref('rows:add'), { text: body.text });
  return new Response(JSON.stringify({ body, header: request.headers.get('x-test') }), {
    status: 201,
    headers: [['set-cookie', 'a=1'], ['set-cookie', 'b=2']],
  });
});
route('GET', '/throws', () => { throw new ConvexError({ why: 'not today' }); });
route('GET', '/nothing', () => 'text');
route('GET', '/me', async (ctx) => Response.json((await ctx.auth.getUserIdentity())?.subject ?? null));
http.route({ method: 'GET', pathPrefix: '/files/', handler: httpAction((ctx, request) => new Response(new URL(request.url).search)) });
export default http;
`;
const ROWS = `${SERVER}
export const add = internalMutation((ctx, { text }) => ctx.db.insert('rows', { text }));
export const count = query(async (ctx) => (await ctx.db.query('rows').collect()).length);
`;

function request(
  method: string,
  path: string,
  more: Partial<HttpActionRequest> = {},
): HttpActionRequest {
  const url = `http://127.0.0.1:3211${path}`;
  return { method, url, headers: [], body: null, identity: null, identityError: null, ...more };
}

const textOf = (body: Uint8Array | null | undefined): string =>
  new TextDecoder().decode(body ?? undefined);

test('an HTTP action answers', async () => {
  await using host = await temporaryHost({ http: HTTP, rows: ROWS });
  const response = await host.host.runHttpAction(
    request('POST', '/echo', {
      headers: [['x-test', 'yes']],
      body: new TextEncoder().encode('{"text":"a"}'),
    }),
  );
  expect(response?.status).toBe(201);
  expect(JSON.parse(textOf(response?.body))).toEqual({ body: { text: 'a' }, header: 'yes' });
  expect(response?.headers.filter(([name]) => name === 'set-cookie')).toEqual([
    ['set-cookie', 'a=1'],
    ['set-cookie', 'b=2'],
  ]);
  expect(await host.value('rows:count')).toBe(1);
});

test('prefixes, HEAD and no route', async () => {
  await using host = await temporaryHost({ http: HTTP, rows: ROWS });
  const files = await host.host.runHttpAction(request('GET', '/files/a?b=c'));
  expect(textOf(files?.body)).toBe('?b=c');
  expect(await host.host.runHttpAction(request('HEAD', '/me'))).toMatchObject({ status: 200 });
  expect(await host.host.runHttpAction(request('GET', '/none'))).toBeNull();
  expect(await host.host.runHttpAction(request('POST', '/me'))).toBeNull();
});

test('an HTTP action that throws is a 500', async () => {
  await using host = await temporaryHost({ http: HTTP, rows: ROWS });
  const thrown = await host.host.runHttpAction(request('GET', '/throws'));
  expect(thrown?.status).toBe(500);
  expect(JSON.parse(textOf(thrown?.body))).toMatchObject({
    code: expect.stringMatching(
      /^\[Request ID: [0-9a-f]{16}\] Server Error: Uncaught ConvexError: /,
    ),
    data: { why: 'not today' },
  });
  expect(await host.host.runHttpAction(request('GET', '/nothing'))).toMatchObject({ status: 500 });
});

test('a refused Authorization header shows when the identity is asked for', async () => {
  await using host = await temporaryHost({ http: HTTP, rows: ROWS });
  const identityError = { status: 401, code: 'InvalidAuthHeader', message: 'no good' };
  const me = await host.host.runHttpAction(request('GET', '/me', { identityError }));
  expect(me?.status).toBe(500);
  expect(textOf(me?.body)).toContain('InvalidAuthHeader');
  const files = await host.host.runHttpAction(request('GET', '/files/', { identityError }));
  expect(files?.status).toBe(200);
});
