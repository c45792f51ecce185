// undici of npm, once loaded, takes the place of the copy that Node's `fetch` came with.
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Agent, MockAgent, getGlobalDispatcher, setGlobalDispatcher } from 'undici';
import { afterEach, expect, test } from 'vitest';
import { chooseExchange } from './choose-exchange.ts';
import type { HttpAnswer } from './http-exchange.ts';
import './on-demand.fixture.ts';

const original = getGlobalDispatcher();
afterEach(() => setGlobalDispatcher(original));

async function listen(listener: RequestListener): Promise<{ url: string } & AsyncDisposable> {
  const server = createServer((request, response) => {
    request.resume().on('end', () => listener(request, response));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/query`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function send(url: string, signal?: AbortSignal): Promise<HttpAnswer> {
  const exchange = chooseExchange({ fetch: undefined, transport: undefined });
  return exchange({ url, headers: {}, body: '{}', signal, isRepeatable: true });
}

test('it sends without fetch, and is read alike', async () => {
  let count = 0;
  await using deployment = await listen(({ headers }, response) => {
    expect(headers).not.toHaveProperty('sec-fetch-mode');
    response.writeHead(++count === 1 ? 200 : 503, { 'Retry-After': '7' }).end('"ä€😀"');
  });
  expect(await send(deployment.url)).toEqual({
    status: 200,
    text: '"ä€😀"',
    retryAfter: undefined,
  });
  expect(await send(deployment.url)).toMatchObject({ status: 503, retryAfter: '7' });
});

test('a kept socket that is closed when it is taken: sent again; a new one: an error', async () => {
  let count = 0;
  await using deployment = await listen((_request, response) => {
    if (++count === 2 || count > 3) response.destroy();
    else response.end('ok');
  });
  await send(deployment.url);
  expect(await send(deployment.url)).toMatchObject({ text: 'ok' });
  expect(count).toBe(3);
  await using broken = await listen((_request, response) => response.destroy());
  await expect(send(broken.url)).rejects.toMatchObject({ code: 'BAD_GATEWAY' });
});

test('aborted: the socket is closed', async () => {
  const controller = new AbortController();
  let closed: Promise<unknown> | undefined;
  await using deployment = await listen(({ socket }) => {
    closed = once(socket, 'close');
    controller.abort('over');
  });
  await expect(send(deployment.url, controller.signal)).rejects.toBe('over');
  await closed;
});

test('what an app put in its place sees every request', async () => {
  await using deployment = await listen((_request, response) => response.end('real'));
  const seen: unknown[] = [];
  setGlobalDispatcher(
    new Agent().compose((dispatch) => (options, handler) => {
      seen.push(options.path);
      return dispatch(options, handler);
    }),
  );
  expect(await send(deployment.url)).toMatchObject({ text: 'real' });
  expect(seen).toEqual(['/api/query']);

  const mock = new MockAgent();
  mock.disableNetConnect();
  mock
    .get(new URL(deployment.url).origin)
    .intercept({ path: '/api/query', method: 'POST' })
    .reply(200, 'mock');
  setGlobalDispatcher(mock);
  expect(await send(deployment.url)).toMatchObject({ text: 'mock' });
  await mock.close();
});
