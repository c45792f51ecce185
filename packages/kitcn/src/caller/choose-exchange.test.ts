import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, expect, test, vi } from 'vitest';
import { chooseExchange } from './choose-exchange.ts';
import type { ExchangeOptions } from './choose-exchange.ts';
import type { Fetch, HttpRequest } from './http-exchange.ts';
import './on-demand.fixture.ts';

interface Seen extends AsyncDisposable {
  readonly url: string;
  /** What each request gives away of its client. */
  readonly clients: ('fetch' | 'node')[];
  readonly sockets: Socket[];
}

async function listen(): Promise<Seen> {
  const clients: Seen['clients'] = [];
  const sockets: Socket[] = [];
  const server = createServer((request, response) => {
    clients.push(request.headers['sec-fetch-mode'] === undefined ? 'node' : 'fetch');
    request.resume().on('end', () => response.end('1'));
  }).on('connection', (socket) => sockets.push(socket));
  // As a proxy it tunnels everything to itself.
  server.on('connect', (_request, socket) => {
    socket.write('HTTP/1.1 200 OK\r\n\r\n');
    server.emit('connection', socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    clients,
    sockets,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

const toRequest = (url: string): HttpRequest => ({
  url,
  headers: {},
  body: '{}',
  signal: undefined,
  isRepeatable: false,
});

const choose = (options: Partial<ExchangeOptions> = {}): ReturnType<typeof chooseExchange> =>
  chooseExchange({ fetch: undefined, transport: undefined, ...options });

afterEach(() => {
  vi.unstubAllGlobals();
});

test('on Node: its own sockets, the same for all factories', async () => {
  await using seen = await listen();
  await choose()(toRequest(seen.url));
  await choose({ transport: 'node' })(toRequest(seen.url));
  expect(seen.clients).toEqual(['node', 'node']);
  expect(seen.sockets).toHaveLength(1);
});

test('overridden: the fetch option first, then transport', async () => {
  await using seen = await listen();
  const own: Fetch = async () => new Response('own');
  expect(await choose({ fetch: own, transport: 'node' })(toRequest(seen.url))).toMatchObject({
    text: 'own',
  });
  await choose({ transport: 'fetch' })(toRequest(seen.url));
  expect(seen.clients).toEqual(['fetch']);
});

test('a global fetch that was replaced sees the requests, until it is put back', async () => {
  await using seen = await listen();
  const exchange = choose();
  vi.stubGlobal('fetch', async () => new Response('stub'));
  expect(await exchange(toRequest(seen.url))).toMatchObject({ text: 'stub' });
  await choose({ transport: 'node' })(toRequest(seen.url));
  vi.unstubAllGlobals();
  await exchange(toRequest(seen.url));
  expect(seen.clients).toEqual(['node', 'node']);
});

test('a dispatcher of its own, as for a proxy or in tests, is respected', async () => {
  await using seen = await listen();
  await fetch(seen.url); // Node makes its dispatcher when it is first needed.
  await choose()(toRequest(seen.url));
  const slot = Symbol.for('undici.globalDispatcher.1');
  const global: Record<symbol, unknown> = globalThis as never;
  const original = global[slot];
  const dispatch = (options: object, handler: object): unknown =>
    (original as { dispatch(options: object, handler: object): unknown }).dispatch(
      options,
      handler,
    );
  class ProxyAgent {
    dispatch = dispatch;
  }
  global[slot] = new ProxyAgent();
  try {
    await choose()(toRequest(seen.url));
  } finally {
    global[slot] = original;
  }
  expect(seen.clients).toEqual(['fetch', 'node', 'fetch']);
});

test.each(['Deno/2.5.0', 'Bun/1.3.0', 'Cloudflare-Workers', undefined])(
  'where the runtime calls itself %s: fetch',
  async (userAgent) => {
    vi.resetModules();
    vi.stubGlobal('navigator', userAgent === undefined ? undefined : { userAgent });
    const elsewhere = await import('./choose-exchange.ts');
    await using seen = await listen();
    await elsewhere.chooseExchange({ fetch: undefined, transport: 'auto' })(toRequest(seen.url));
    expect(seen.clients).toEqual(['fetch']);
    expect(() => elsewhere.chooseExchange({ fetch: undefined, transport: 'node' })).toThrowError(
      /transport: 'node' needs Node/,
    );
  },
);

/** Another process that sends one request and has nothing else to do. */
async function runElsewhere(url: string, env: Record<string, string>): Promise<string> {
  const pathOf = (file: string): string =>
    JSON.stringify(fileURLToPath(new URL(file, import.meta.url)));
  const program = `
    import ${pathOf('on-demand.fixture.ts')};
    import { chooseExchange } from ${pathOf('choose-exchange.ts')};
    const exchange = chooseExchange({ fetch: undefined, transport: undefined });
    const answer = await exchange(${JSON.stringify(toRequest(url))});
    console.log(answer.text);
  `;
  const args = ['--input-type=module', '--no-warnings', '--eval', program];
  const options = { env: { ...process.env, ...env }, timeout: 10_000 };
  return (await promisify(execFile)(process.execPath, args, options)).stdout.trim();
}

test('an idle socket does not keep the process alive', async () => {
  await using seen = await listen();
  expect(await runElsewhere(seen.url, {})).toBe('1');
  expect(seen.clients).toEqual(['node']);
});

test("Node's own proxy settings are respected", async () => {
  await using proxy = await listen();
  const env = { NODE_USE_ENV_PROXY: '1', HTTP_PROXY: proxy.url, NO_PROXY: '' };
  expect(await runElsewhere('http://deployment.invalid/', env)).toBe('1');
  expect(proxy.clients).toEqual(['fetch']);
});
