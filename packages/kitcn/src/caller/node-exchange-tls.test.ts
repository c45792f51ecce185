import { once } from 'node:events';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import type { TLSSocket } from 'node:tls';
import { afterEach, expect, test } from 'vitest';
import type { HttpRequest } from './http-exchange.ts';
import { createNodeExchange } from './node-exchange.ts';
import { tryNodeHttp } from './node-http.ts';

/** Of `localhost`, signed by itself, good until 2126; protects nothing. */
const KEY = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgjcZwznOG6mUjgBMl
CYCylL6deuksYlY6hpKhOGApN9uhRANCAATTsARlDNxfN9Qobv9RDQ8NPSw3DhcK
QX3iiWhHKxxHyJSBjKpV4TnJOEH0KQT8DQV+SyA4H2AbcoG8sR76Ua4i
-----END PRIVATE KEY-----
`;
const CERTIFICATE = `-----BEGIN CERTIFICATE-----
MIIBmzCCAUGgAwIBAgIUJbIjXS6NF3y1lnZ+idS7sqlkAhwwCgYIKoZIzj0EAwIw
FDESMBAGA1UEAwwJbG9jYWxob3N0MCAXDTI2MTEyMjExNTExMloYDzIxMjYxMDI5
MTE1MTEyWjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjO
PQMBBwNCAATTsARlDNxfN9Qobv9RDQ8NPSw3DhcKQX3iiWhHKxxHyJSBjKpV4TnJ
OEH0KQT8DQV+SyA4H2AbcoG8sR76Ua4io28wbTAdBgNVHQ4EFgQUJ0+BwEiZNIE9
wdcvP+MQAwsuqcswHwYDVR0jBBgwFoAUJ0+BwEiZNIE9wdcvP+MQAwsuqcswDwYD
VR0TAQH/BAUwAwEB/zAaBgNVHREEEzARgglsb2NhbGhvc3SHBH8AAAEwCgYIKoZI
zj0EAwIDSAAwRQIhAKc3LY6baD5IRcZcDdmRlwnnG9BFGzNHc8oGET9rRJO0AiBu
9rpMf+EqsX/iqa3kU82fCxLTj7hzjTcXqffdqz7qmg==
-----END CERTIFICATE-----
`;

const usual = getCACertificates('default');
afterEach(() => setDefaultCACertificates(usual));

async function listen(): Promise<{ url: string; sockets: TLSSocket[] } & AsyncDisposable> {
  const sockets: TLSSocket[] = [];
  const server = createServer({ key: KEY, cert: CERTIFICATE }, (request, response) => {
    request.resume().on('end', () => response.end('secret'));
  }).on('secureConnection', (socket) => sockets.push(socket));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `https://localhost:${(server.address() as AddressInfo).port}/api/query`,
    sockets,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function send(url: string, exchange = createNodeExchange(tryNodeHttp()!)): Promise<unknown> {
  const request: HttpRequest = {
    url,
    headers: {},
    body: '{}',
    signal: undefined,
    isRepeatable: true,
  };
  return exchange(request);
}

test('over TLS sockets are kept, and sessions taken up again', async () => {
  await using server = await listen();
  setDefaultCACertificates([CERTIFICATE]);
  const exchange = createNodeExchange(tryNodeHttp()!);
  for (let sent = 0; sent < 2; sent++) {
    expect(await send(server.url, exchange)).toMatchObject({ status: 200, text: 'secret' });
  }
  expect(server.sockets).toHaveLength(1);
  const closed = once(server.sockets[0]!, 'close');
  server.sockets[0]?.end();
  await closed;
  await send(server.url, exchange);
  expect(server.sockets).toHaveLength(2);
  expect(server.sockets[1]?.isSessionReused()).toBe(true);
});

test('a certificate that nobody vouches for is refused', async () => {
  await using server = await listen();
  await expect(send(server.url)).rejects.toMatchObject({
    origin: 'network',
    cause: { code: 'DEPTH_ZERO_SELF_SIGNED_CERT' },
  });
});
