import { expect, test, vi } from 'vitest';
import { SERVER, temporaryHost } from '../functions/temporary-host.fixture.ts';
import { HttpServer } from './http-server.ts';
import { createSiteRoutes } from './site-routes.ts';

const HTTP = `${SERVER}
const http = httpRouter();
const encoder = new TextEncoder();
const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']) {
  http.route({ method, path: '/any', handler: httpAction(async (ctx, request) => {
    const body = await request.arrayBuffer();
    return new Response(body, { status: 207, headers: { 'x-method': request.method } });
  }) });
}
const get = (path, handler) => http.route({ method: 'GET', path, handler: httpAction(handler) });
get('/ticks', (ctx) => new Response(new ReadableStream({
  async pull(controller) {
    await wait(10);
    await ctx.runMutation(ref('rows:add'), { text: 'tick' });
    controller.enqueue(encoder.encode('tick '));
  },
  async cancel() { await ctx.runMutation(ref('rows:add'), { text: 'gone' }); },
}, { highWaterMark: 0 })));
get('/breaks', () => new Response(new ReadableStream({
  async pull(controller) {
    controller.enqueue(encoder.encode('first'));
    await wait(50);
    throw new Error('half-way');
  },
}, { highWaterMark: 0 })));
http.route({ method: 'POST', path: '/drain', handler: httpAction(async (ctx, request) => {
  let size = 0;
  for await (const chunk of request.body) size += chunk.byteLength;
  return Response.json(size);
}) });
export default http;
`;
const ROWS = `${SERVER}
export const add = internalMutation((ctx, { text }) => ctx.db.insert('rows', { text }));
export const texts = query(async (ctx) => (await ctx.db.query('rows').collect()).map((row) => row.text));
`;

/** HTTP actions behind a real port. */
async function startSite() {
  const functions = await temporaryHost({ http: HTTP, rows: ROWS });
  const server = await HttpServer.listen({ hostname: '127.0.0.1', port: 0, option: 'sitePort' });
  const access = {
    isAdminKey: () => false,
    verifyToken: () => Promise.reject(new TypeError('no')),
  };
  const routes = createSiteRoutes({ host: functions.host, log() {}, access });
  server.serve((request, connection) => routes.fetch(request, connection));
  return {
    url: server.url,
    functions,
    async [Symbol.asyncDispose]() {
      await server.close();
      await functions[Symbol.asyncDispose]();
    },
  };
}

const bytes = Uint8Array.from({ length: 256 }, (_, index) => index);

test.each(['POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])(
  '%s with bytes both ways',
  async (method) => {
    await using site = await startSite();
    const response = await fetch(`${site.url}/any`, { method, body: bytes });
    expect(response.status).toBe(207);
    expect(response.headers.get('x-method')).toBe(method);
    expect(response.headers.get('access-control-allow-origin')).toBeNull();
    expect(new Uint8Array(await response.arrayBuffer())).toEqual(bytes);
  },
);

test('HEAD is GET without a body, and does not run the body', async () => {
  await using site = await startSite();
  const response = await fetch(`${site.url}/ticks`, { method: 'HEAD' });
  expect(response.status).toBe(200);
  expect(await response.text()).toBe('');
  expect(await site.functions.value('rows:texts')).toEqual(['gone']);
});

test('a response arrives as it is made, and ends when the client goes away', async () => {
  await using site = await startSite();
  const leave = new AbortController();
  const response = await fetch(`${site.url}/ticks`, { signal: leave.signal });
  expect(response.headers.get('transfer-encoding')).toBe('chunked');
  const reader = response.body?.getReader();
  expect(new TextDecoder().decode((await reader?.read())?.value)).toContain('tick');
  leave.abort();
  await vi.waitFor(async () => {
    expect(await site.functions.value('rows:texts')).toContain('gone');
  }, 10_000);
});

test('a response that fails half-way is cut off', async () => {
  await using site = await startSite();
  const response = await fetch(`${site.url}/breaks`);
  expect(response.status).toBe(200);
  await expect(response.text()).rejects.toThrow();
});

test.each([
  ['of known length', false],
  ['in chunks', true],
])('a large request body %s, and one that is too large', async (_name, isChunked) => {
  await using site = await startSite();
  const mib = new Uint8Array(1024 * 1024);
  const send = (count: number): Promise<Response> => {
    let left = count;
    const chunks = new ReadableStream<Uint8Array>({
      pull(controller) {
        if (left-- > 0) controller.enqueue(mib);
        else controller.close();
      },
    });
    const body = isChunked ? chunks : new Uint8Array(count * mib.length);
    const init: RequestInit & { duplex: 'half' } = { method: 'POST', body, duplex: 'half' };
    return fetch(`${site.url}/drain`, init);
  };
  expect(await (await send(20)).json()).toBe(20 * mib.length);
  const refused = await send(21);
  expect(refused.status).toBe(413);
  expect(await refused.json()).toMatchObject({ code: 'PayloadTooLarge' });
  expect((await fetch(`${site.url}/any`)).status).toBe(207);
});
