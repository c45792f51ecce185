import { expect, test, vi } from 'vitest';
import type { HttpActionRequest, HttpActionResponse } from './function-host.ts';
import { SERVER, temporaryHost } from './temporary-host.fixture.ts';
import type { TemporaryHost } from './temporary-host.fixture.ts';

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
route('GET', '/error', () => Response.error());
route('GET', '/wrong-length', () => new Response('abc', {
  headers: { 'content-length': '1', connection: 'upgrade', upgrade: 'x', 'keep-alive': 'timeout=9', etag: 'e' },
}));
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

const textOf = (response: HttpActionResponse | null): Promise<string> =>
  new Response(response?.body).text();

test('an HTTP action answers', async () => {
  await using host = await temporaryHost({ http: HTTP, rows: ROWS });
  const response = await host.host.runHttpAction(
    request('POST', '/echo', {
      headers: [['x-test', 'yes']],
      body: new TextEncoder().encode('{"text":"a"}'),
    }),
  );
  expect(response?.status).toBe(201);
  expect(JSON.parse(await textOf(response))).toEqual({ body: { text: 'a' }, header: 'yes' });
  expect(response?.headers.filter(([name]) => name === 'set-cookie')).toEqual([
    ['set-cookie', 'a=1'],
    ['set-cookie', 'b=2'],
  ]);
  expect(await host.value('rows:count')).toBe(1);
});

test('prefixes, HEAD and no route', async () => {
  await using host = await temporaryHost({ http: HTTP, rows: ROWS });
  const files = await host.host.runHttpAction(request('GET', '/files/a?b=c'));
  expect(await textOf(files)).toBe('?b=c');
  expect(await host.host.runHttpAction(request('HEAD', '/me'))).toMatchObject({ status: 200 });
  expect(await host.host.runHttpAction(request('GET', '/none'))).toBeNull();
  expect(await host.host.runHttpAction(request('POST', '/me'))).toBeNull();
});

test('an HTTP action that throws is a 500', async () => {
  await using host = await temporaryHost({ http: HTTP, rows: ROWS });
  const thrown = await host.host.runHttpAction(request('GET', '/throws'));
  expect(thrown?.status).toBe(500);
  expect(JSON.parse(await textOf(thrown))).toMatchObject({
    code: expect.stringMatching(
      /^\[Request ID: [0-9a-f]{16}\] Server Error: Uncaught ConvexError: /,
    ),
    data: { why: 'not today' },
  });
  for (const path of ['/nothing', '/error']) {
    const response = await host.host.runHttpAction(request('GET', path));
    expect(response).toMatchObject({ status: 500 });
    expect(await textOf(response)).toContain('Uncaught TypeError: GET /');
  }
});

test('headers of the connection, and a length that would be wrong, are not for functions to say', async () => {
  await using host = await temporaryHost({ http: HTTP, rows: ROWS });
  const response = await host.host.runHttpAction(request('GET', '/wrong-length'));
  expect(new Map(response?.headers)).toEqual(
    new Map([
      ['content-type', 'text/plain;charset=UTF-8'],
      ['etag', 'e'],
    ]),
  );
  expect(await textOf(response)).toBe('abc');
});

test('a refused Authorization header shows when the identity is asked for', async () => {
  await using host = await temporaryHost({ http: HTTP, rows: ROWS });
  const identityError = { status: 401, code: 'InvalidAuthHeader', message: 'no good' };
  const me = await host.host.runHttpAction(request('GET', '/me', { identityError }));
  expect(me?.status).toBe(500);
  expect(await textOf(me)).toContain('InvalidAuthHeader');
  const files = await host.host.runHttpAction(request('GET', '/files/', { identityError }));
  expect(files?.status).toBe(200);
});

const STREAMS = `${SERVER}
const http = httpRouter();
const route = (method, path, handler) => http.route({ method, path, handler: httpAction(handler) });
const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const encoder = new TextEncoder();
const stream = (source, strategy) => new Response(new ReadableStream(source, strategy), { headers: { 'content-type': 'text/plain' } });
let pulled = 0;
route('GET', '/counts', (ctx) => {
  let next = 0;
  return stream({
    async pull(controller) {
      await wait(5);
      next += 1;
      // The function is still running: its context works.
      const id = await ctx.runMutation(ref('rows:add'), { text: String(next) });
      controller.enqueue(encoder.encode(next + ';'));
      if (next === 5) controller.close();
    },
  });
});
route('GET', '/endless', (ctx) => stream({
  async pull(controller) {
    pulled += 1;
    controller.enqueue(new Uint8Array(32 * 1024));
  },
  async cancel() { await ctx.runMutation(ref('rows:add'), { text: 'cancelled' }); },
}, { highWaterMark: 0 }));
route('GET', '/pulled', () => Response.json(pulled));
route('GET', '/breaks', () => stream({
  async pull(controller) {
    controller.enqueue(encoder.encode('first'));
    await wait(20);
    throw new Error('half-way');
  },
}, { highWaterMark: 0 }));
route('GET', '/text', () => stream({ start(controller) { controller.enqueue('a string'); } }));
route('GET', '/huge', () => stream({
  pull(controller) { controller.enqueue(new Uint8Array(1024 * 1024)); },
}, { highWaterMark: 0 }));
route('GET', '/loop', () => stream({
  async pull(controller) {
    controller.enqueue(encoder.encode('before'));
    await wait(20);
    for (;;);
  },
}, { highWaterMark: 0 }));
route('POST', '/echo', (ctx, request) => new Response(request.body));
route('POST', '/size', async (ctx, request) => {
  let size = 0;
  for await (const chunk of request.body) size += chunk.byteLength;
  return Response.json(size);
});
route('POST', '/first', async (ctx, request) => {
  const { value } = await request.body.getReader().read();
  return new Response(value);
});
route('POST', '/ignores', () => new Response('no matter'));
export default http;
`;

/** A body that says how often it was asked, and whether anybody told it to stop. */
function countedBody(chunks: number, size = 1024) {
  const seen = { pulls: 0, isCancelled: false };
  const stream = new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        seen.pulls += 1;
        controller.enqueue(new Uint8Array(size).fill(seen.pulls));
        if (seen.pulls === chunks) controller.close();
      },
      cancel() {
        seen.isCancelled = true;
      },
    },
    { highWaterMark: 0 },
  );
  return { seen, stream };
}

async function streamOf(
  host: TemporaryHost,
  path: string,
): Promise<ReadableStreamDefaultReader<Uint8Array>> {
  const response = await host.host.runHttpAction(request('GET', path));
  if (!(response?.body instanceof ReadableStream)) throw new TypeError(`${path} did not stream`);
  return response.body.getReader();
}

test('a response comes as it is made, and its function runs until then', async () => {
  await using host = await temporaryHost({ http: STREAMS, rows: ROWS });
  const reader = await streamOf(host, '/counts');
  const { value } = await reader.read();
  expect(new TextDecoder().decode(value)).toBe('1;');
  expect(await host.value('rows:count')).toBeLessThan(5);
  reader.releaseLock();
  const rest = await host.host.runHttpAction(request('GET', '/counts'));
  expect(await textOf(rest)).toBe('1;2;3;4;5;');
});

test('a reader that takes its time holds the function back, and one that goes away ends it', async () => {
  await using host = await temporaryHost({ http: STREAMS, rows: ROWS });
  const pulled = async (): Promise<number> =>
    Number(await textOf(await host.host.runHttpAction(request('GET', '/pulled'))));
  const reader = await streamOf(host, '/endless');
  await reader.read();
  // Nobody reads: what can be made in advance is made by now, and then nothing is.
  await vi.waitFor(async () => {
    const before = await pulled();
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(await pulled()).toBe(before);
  }, 10_000);
  expect(await pulled()).toBeLessThan(20);
  await reader.cancel();
  await vi.waitFor(async () => expect(await host.value('rows:count')).toBe(1), 10_000);
});

test.each([
  ['/breaks', 'Uncaught Error: half-way'],
  ['/huge', 'HttpResponseTooLarge'],
  ['/loop', 'Function execution timed out'],
])('%s: a response that fails half-way fails its reader', async (path, words) => {
  await using host = await temporaryHost(
    { http: STREAMS, rows: ROWS },
    { transactionTimeoutMs: 1_000 },
  );
  const reader = await streamOf(host, path);
  const readAll = async (): Promise<void> => {
    while (!(await reader.read()).done);
  };
  await expect(readAll()).rejects.toThrow();
  await vi.waitFor(() => expect(host.logs.join('\n')).toContain(words), 10_000);
  const next = await host.host.runHttpAction(request('GET', '/pulled'));
  expect(next?.status).toBe(200);
});

test('a piece that is not bytes is a 500', async () => {
  await using host = await temporaryHost({ http: STREAMS, rows: ROWS });
  const response = await host.host.runHttpAction(request('GET', '/text'));
  expect(response?.status).toBe(500);
  expect(await textOf(response)).toContain('must be a Uint8Array');
});

test('a request body comes as it is read, whole and in order', async () => {
  await using host = await temporaryHost({ http: STREAMS, rows: ROWS });
  const { stream } = countedBody(200);
  const echoed = await host.host.runHttpAction(request('POST', '/echo', { body: stream }));
  const bytes = new Uint8Array(await new Response(echoed?.body).arrayBuffer());
  expect(bytes.length).toBe(200 * 1024);
  expect(bytes.every((byte, index) => byte === Math.floor(index / 1024) + 1)).toBe(true);
  const size = await host.host.runHttpAction(
    request('POST', '/size', { body: countedBody(50).stream }),
  );
  expect(await textOf(size)).toBe(String(50 * 1024));
});

test.each(['/first', '/ignores'])('%s: what a handler does not read is not sent', async (path) => {
  await using host = await temporaryHost({ http: STREAMS, rows: ROWS });
  const { seen, stream } = countedBody(Infinity);
  const response = await host.host.runHttpAction(request('POST', path, { body: stream }));
  expect(response?.status).toBe(200);
  await vi.waitFor(() => expect(seen.isCancelled).toBe(true), 10_000);
  expect(seen.pulls).toBeLessThan(10);
});

test('a request body that fails fails the handler that reads it', async () => {
  await using host = await temporaryHost({ http: STREAMS, rows: ROWS });
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      controller.error(new Error('the client went away'));
    },
  });
  const response = await host.host.runHttpAction(request('POST', '/size', { body }));
  expect(response?.status).toBe(500);
  expect(await textOf(response)).toContain('the client went away');
});
