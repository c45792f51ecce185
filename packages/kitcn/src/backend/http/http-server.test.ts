import { connect } from 'node:net';
import { expect, test } from 'vitest';
import { HttpServer } from './http-server.ts';

const QUICK = { headersMs: 200, requestMs: 400 };

async function listen(): Promise<HttpServer & AsyncDisposable> {
  const options = { hostname: '127.0.0.1', port: 0, option: 'port' as const, timeouts: QUICK };
  const server = await HttpServer.listen(options);
  server.serve(async (request) => new Response(await request.text().catch(() => 'broke off')));
  return Object.assign(server, { [Symbol.asyncDispose]: () => server.close() });
}

/** Sends a part of a request, and waits for what comes back until the server ends the connection. */
function sendPart(server: HttpServer, part: string): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(server.port, '127.0.0.1', () => socket.write(part));
    let answer = '';
    socket.on('data', (chunk) => (answer += chunk));
    socket.on('error', () => {});
    socket.on('close', () => resolve(answer));
  });
}

test.each([
  ['headers that do not end', 'GET / HTTP/1.1\r\nHost: x\r\n', '408 RequestTimeout'],
  [
    'a body that does not end',
    'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nabc',
    '408 RequestTimeout',
  ],
  ['no HTTP at all', 'hello\r\n\r\n', '400 BadRequest'],
  ['large headers', `GET / HTTP/1.1\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`, '431 HeadersTooLarge'],
  ['a proxy request', 'CONNECT a:1 HTTP/1.1\r\nHost: a:1\r\n\r\n', '405 MethodNotAllowed'],
  [
    'a host that is none',
    'GET / HTTP/1.1\r\nHost: a b\r\nConnection: close\r\n\r\n',
    '400 BadRequest',
  ],
])('%s', async (_name, part, expected) => {
  await using server = await listen();
  const answer = await sendPart(server, part);
  const [status, code] = expected.split(' ');
  expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
  expect(answer).toContain(`"code":"${code}"`);
  expect(await (await fetch(server.url, { method: 'POST', body: 'still here' })).text()).toBe(
    'still here',
  );
});

test('requests beyond the limit are refused until others are answered', async () => {
  const options = { hostname: '127.0.0.1', port: 0, option: 'port' as const, maxWaiting: 2 };
  const server = await HttpServer.listen(options);
  try {
    let answer = (): void => {};
    const go = new Promise<void>((resolve) => (answer = resolve));
    let count = 0;
    const arrived = new Promise<void>((resolve) => {
      server.serve(async () => {
        count += 1;
        if (count === 2) resolve();
        await go;
        return new Response('served');
      });
    });
    const waiting = [fetch(server.url), fetch(server.url)];
    await arrived;
    const refused = await fetch(server.url);
    expect(refused.status).toBe(503);
    expect(await refused.json()).toMatchObject({ code: 'TooManyConcurrentRequests' });
    answer();
    for (const response of await Promise.all(waiting)) expect(await response.text()).toBe('served');
    expect(await (await fetch(server.url)).text()).toBe('served');
  } finally {
    await server.close();
  }
});

test('by default 1,024 requests may wait', async () => {
  const server = await HttpServer.listen({ hostname: '127.0.0.1', port: 0, option: 'port' });
  // All of them on one connection, whose answers come in order.
  const socket = connect(server.port, '127.0.0.1');
  try {
    let answer = (): void => {};
    const go = new Promise<void>((resolve) => (answer = resolve));
    let count = 0;
    const arrived = new Promise<void>((resolve) => {
      server.serve(async () => {
        count += 1;
        if (count === 1_024) resolve();
        await go;
        return new Response('served');
      });
    });
    socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n'.repeat(1_024));
    await arrived;
    const refused = await fetch(server.url);
    expect([refused.status, await refused.text()]).toEqual([
      503,
      expect.stringContaining('1024 requests wait'),
    ]);
    expect(count).toBe(1_024);
    answer();
    let answers = '';
    socket.on('data', (chunk) => (answers += chunk));
    await expect
      .poll(() => answers.match(/HTTP\/1\.1 200 /g)?.length, { timeout: 10_000 })
      .toBe(1_024);
    expect(await (await fetch(server.url)).text()).toBe('served');
  } finally {
    socket.destroy();
    await server.close();
  }
});
