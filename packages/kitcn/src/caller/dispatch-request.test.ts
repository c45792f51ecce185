import { createServer } from 'node:http';
import type { IncomingMessage, RequestListener, Server, ServerResponse } from 'node:http';
import { once } from 'node:events';
import { createServer as createTcpServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { describe, expect, test } from 'vitest';
import type { Exchange, HttpRequest } from './http-exchange.ts';
import { dispatchRequest } from './dispatch-request.ts';
import { tryNodeDispatcher } from './node-dispatcher.ts';

interface Deployment extends AsyncDisposable {
  readonly url: string;
  readonly server: Server;
  /** Connections that were opened, in order. */
  readonly sockets: Socket[];
  readonly requests: IncomingMessage[];
}

type Answer = (response: ServerResponse, index: number) => void;

async function listen(answer: Answer, host = '127.0.0.1'): Promise<Deployment> {
  const requests: IncomingMessage[] = [];
  const sockets: Socket[] = [];
  const listener: RequestListener = (request, response) => {
    requests.push(request);
    request.resume().on('end', () => answer(response, requests.length - 1));
  };
  const server = createServer(listener).on('connection', (socket) => sockets.push(socket));
  server.listen(0, host);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${port}/api/query`,
    server,
    sockets,
    requests,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

const send: Exchange = (request) => dispatchRequest(tryNodeDispatcher()!, request);

function request(url: string, change?: Partial<HttpRequest>): HttpRequest {
  return { url, headers: {}, body: '{}', signal: undefined, isRepeatable: true, ...change };
}

/** Sends two requests; what happens to the kept socket in between is up to the second answer. */
async function afterOne(deployment: Deployment, isRepeatable: boolean): Promise<unknown> {
  await send(request(deployment.url));
  return send(request(deployment.url, { isRepeatable })).catch((error: unknown) => error);
}

describe('through the dispatcher of fetch', () => {
  test('posts with a length, keeps the socket and takes any status for an answer', async () => {
    await using deployment = await listen((response, index) => {
      if (index === 0) response.end('"ä€😀"');
      else response.writeHead(503, { 'Retry-After': '7' }).end('busy');
    });
    const headers = { authorization: 'Bearer t' };
    expect(await send(request(deployment.url, { headers, body: '{"a":"ä"}' }))).toEqual({
      status: 200,
      text: '"ä€😀"',
      retryAfter: undefined,
    });
    expect(await send(request(deployment.url))).toEqual({
      status: 503,
      text: 'busy',
      retryAfter: '7',
    });
    expect(deployment.requests[0]).toMatchObject({
      method: 'POST',
      url: '/api/query',
      headers: {
        authorization: 'Bearer t',
        'content-length': '10',
        'accept-encoding': 'identity',
        connection: 'keep-alive',
        host: new URL(deployment.url).host,
      },
    });
    expect(deployment.sockets).toHaveLength(1);
  });

  test('carries 16 MiB both ways, whatever the pieces', async () => {
    const text = 'ü€😀'.repeat(2 ** 21); // 18 MiB in UTF-8, cut anywhere.
    let received = 0;
    await using deployment = await listen((response) => response.end(text));
    deployment.server.on('request', (incoming: IncomingMessage) => {
      incoming.on('data', (piece: Buffer) => (received += piece.length));
    });
    const answer = await send(request(deployment.url, { body: text }));
    expect(answer.text === text).toBe(true);
    expect(received).toBe(Buffer.byteLength(text));
  });

  test('20 at once take 20 sockets, the next 20 the same ones', async () => {
    await using deployment = await listen((response) => setTimeout(() => response.end('1'), 5));
    for (let round = 0; round < 2; round++) {
      await Promise.all(Array.from({ length: 20 }, () => send(request(deployment.url))));
    }
    expect(deployment.sockets).toHaveLength(20);
  });

  test('reaches IPv6 addresses', async () => {
    await using deployment = await listen((response) => response.end('6'), '::1');
    expect(await send(request(deployment.url))).toMatchObject({ text: '6' });
  });

  test('https goes over TLS', async () => {
    await using deployment = await listen((response) => response.end('plain'));
    const url = deployment.url.replace('http:', 'https:');
    await expect(send(request(url))).rejects.toMatchObject({ origin: 'network' });
    expect(deployment.requests).toHaveLength(0);
  });
});

describe('a kept socket that the server closes when it is taken', () => {
  const closeOnReuse: Answer = (response, index) =>
    index === 1 ? void response.destroy() : void response.end('ok');

  test('a query is sent again, on a socket of its own', async () => {
    await using deployment = await listen(closeOnReuse);
    expect(await afterOne(deployment, true)).toMatchObject({ text: 'ok' });
    expect(deployment.requests).toHaveLength(3);
    expect(deployment.sockets).toHaveLength(2);
  });

  test('again, but once: a server that keeps closing is an error', async () => {
    await using deployment = await listen((response, index) =>
      index === 0 ? response.end('ok') : response.destroy(),
    );
    expect(await afterOne(deployment, true)).toMatchObject({ code: 'BAD_GATEWAY' });
    expect(deployment.requests).toHaveLength(3);
  });

  test('many that are closed at the same time are all sent again', async () => {
    await using deployment = await listen((response, index) => {
      if (index < 10) setTimeout(() => response.end('ok'), 5);
      else if (index === 10) deployment.server.closeAllConnections();
      else response.end('ok');
    });
    const sendTen = (): Promise<unknown> =>
      Promise.all(Array.from({ length: 10 }, () => send(request(deployment.url))));
    await sendTen();
    await expect(sendTen()).resolves.toEqual(
      Array.from({ length: 10 }, () => expect.objectContaining({ text: 'ok' })),
    );
  });

  test('a mutation may have run: an error', async () => {
    await using deployment = await listen(closeOnReuse);
    expect(await afterOne(deployment, false)).toMatchObject({
      code: 'BAD_GATEWAY',
      origin: 'network',
    });
    expect(deployment.requests).toHaveLength(2);
  });

  test('a socket that was new is an error for queries too', async () => {
    await using deployment = await listen((response) => response.destroy());
    await expect(send(request(deployment.url))).rejects.toMatchObject({
      code: 'BAD_GATEWAY',
    });
    expect(deployment.requests).toHaveLength(1);
  });

  test('one that was closed while idle is not taken at all', async () => {
    await using deployment = await listen((response) => response.end('ok'));
    await send(request(deployment.url));
    deployment.server.closeIdleConnections();
    await once(deployment.sockets[0]!, 'close');
    await new Promise((resolve) => setTimeout(resolve, 20)); // The other end learns of it a little later.
    await send(request(deployment.url, { isRepeatable: false }));
    expect(deployment.sockets).toHaveLength(2);
  });
});

describe('failures', () => {
  test('nobody listens: nothing was sent', async () => {
    const deployment = await listen(() => {});
    await deployment[Symbol.asyncDispose]();
    await expect(send(request(deployment.url))).rejects.toMatchObject({
      code: 'SERVICE_UNAVAILABLE',
      origin: 'network',
    });
  });

  test('a header that cannot be sent', async () => {
    await using deployment = await listen((response) => response.end());
    const headers = { 'x-trace': 'a\nb' };
    await expect(send(request(deployment.url, { headers }))).rejects.toMatchObject({
      origin: 'network',
    });
    expect(deployment.sockets).toHaveLength(0);
  });

  test.each([
    ['cut off in the body', 'HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf'],
    ['cut off in the head', 'HTTP/1.1 200 OK\r\nContent-'],
    ['not HTTP', 'SSH-2.0-OpenSSH_9.6\r\n'],
  ])('an answer %s', async (_name, bytes) => {
    const server = createTcpServer((socket) => {
      socket
        .on('error', () => {})
        .resume()
        .end(bytes);
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    await expect(send(request(`http://127.0.0.1:${port}/`))).rejects.toMatchObject({
      code: 'BAD_GATEWAY',
      origin: 'network',
    });
    await new Promise((resolve) => server.close(resolve));
  });

  test.each(['before the answer', 'in its middle'])(
    'aborted %s: the socket is closed',
    async (when) => {
      await using deployment = await listen((response) => {
        if (when === 'in its middle')
          response.writeHead(200, { 'Content-Length': 100 }).write('half');
      });
      const controller = new AbortController();
      const outcome = send(request(deployment.url, { signal: controller.signal })).catch(
        (error: unknown) => error,
      );
      const [incoming] = (await once(deployment.server, 'request')) as [IncomingMessage];
      const closed = once(incoming.socket, 'close');
      await new Promise((resolve) => setTimeout(resolve, 20));
      const reason = new TypeError('over');
      controller.abort(reason);
      expect(await outcome).toBe(reason);
      await closed;
    },
  );

  test('aborted already: nothing is sent', async () => {
    await using deployment = await listen((response) => response.end());
    const signal = AbortSignal.abort('over');
    await expect(send(request(deployment.url, { signal }))).rejects.toBe('over');
    expect(deployment.sockets).toHaveLength(0);
  });
});
