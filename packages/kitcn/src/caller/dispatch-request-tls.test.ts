import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import type { TLSSocket } from 'node:tls';
import { afterEach, expect, test } from 'vitest';
import { dispatchRequest } from './dispatch-request.ts';
import { tryNodeDispatcher } from './node-dispatcher.ts';

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

type Answer = (response: ServerResponse, index: number) => unknown;

async function listen(
  answer: Answer = (response) => response.end('secret'),
): Promise<{ url: string; sockets: TLSSocket[] } & AsyncDisposable> {
  const sockets: TLSSocket[] = [];
  let count = 0;
  const server = createServer({ key: KEY, cert: CERTIFICATE }, (request, response) => {
    const index = count++;
    request.resume().on('end', () => answer(response, index));
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

function send(url: string): Promise<unknown> {
  const request = { url, headers: {}, body: '{}', signal: undefined, isRepeatable: true };
  return dispatchRequest(tryNodeDispatcher()!, request);
}

test('over TLS sockets are kept, and sessions taken up again', async () => {
  await using server = await listen();
  setDefaultCACertificates([CERTIFICATE]);
  const sendTwo = (): Promise<unknown[]> => Promise.all([send(server.url), send(server.url)]);
  for (let round = 0; round < 2; round++) {
    expect(await sendTwo()).toMatchObject([{ text: 'secret' }, { text: 'secret' }]);
  }
  expect(server.sockets).toHaveLength(2);
  const closed = once(server.sockets[0]!, 'close');
  server.sockets[0]?.end();
  await closed;
  await sendTwo();
  expect(server.sockets).toHaveLength(3);
  expect(server.sockets[2]?.isSessionReused()).toBe(true);
});

test.each([0, 1])('a socket that is closed on its use %i is told new from kept', async (use) => {
  await using server = await listen((response, index) =>
    index === use ? response.destroy() : response.end('secret'),
  );
  setDefaultCACertificates([CERTIFICATE]);
  for (let sent = 0; sent < use; sent++) await send(server.url);
  const outcome = send(server.url);
  if (use === 0) await expect(outcome).rejects.toMatchObject({ code: 'BAD_GATEWAY' });
  else expect(await outcome).toMatchObject({ text: 'secret' });
});

test('a certificate that nobody vouches for is refused', async () => {
  await using server = await listen();
  await expect(send(server.url)).rejects.toMatchObject({
    origin: 'network',
    cause: { code: 'DEPTH_ZERO_SELF_SIGNED_CERT' },
  });
});
