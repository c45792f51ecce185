import { generateKeyPairSync, sign } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, connect as connectTo } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { ConvexClient, ConvexHttpClient } from 'convex/browser';
import { makeFunctionReference } from 'convex/server';
import { startBackend } from 'kitcn/backend';
import type { Backend, BackendOptions } from 'kitcn/backend';
import { expect } from 'vitest';

export const projectDir: string = fileURLToPath(new URL('project', import.meta.url));

/** The functions of the project. */
export const queryOf = (name: string) => makeFunctionReference<'query'>(`messages:${name}`);
export const mutationOf = (name: string) => makeFunctionReference<'mutation'>(`messages:${name}`);
export const actionOf = (name: string) => makeFunctionReference<'action'>(`messages:${name}`);

const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const jwk = { ...publicKey.export({ format: 'jwk' }), kid: 'k', alg: 'ES256' };
const JWKS = `data:application/json,${encodeURIComponent(JSON.stringify({ keys: [jwk] }))}`;

const encode = (part: object): string => Buffer.from(JSON.stringify(part)).toString('base64url');

/** A token of the issuer that the project trusts. */
export function signToken(subject: string, lifetimeSeconds = 60): string {
  const iat = Math.floor(Date.now() / 1000);
  const exp = iat + lifetimeSeconds;
  const claims = { iss: 'https://issuer.test', aud: 'app', sub: subject, iat, exp };
  const unsigned = `${encode({ alg: 'ES256', kid: 'k' })}.${encode(claims)}`;
  const key = { key: privateKey, dsaEncoding: 'ieee-p1363' } as const;
  return `${unsigned}.${sign('sha256', Buffer.from(unsigned), key).toString('base64url')}`;
}

export interface SyncBackend extends AsyncDisposable {
  readonly backend: Backend;
  readonly logs: string[];
  /** A client of its own, closed with the backend. */
  connect(options?: { url?: string; authRefreshTokenLeewaySeconds?: number }): ConvexClient;
  connectHttp(): ConvexHttpClient;
  /** How often the logs hold a text. */
  countLogs(text: string): number;
}

export async function startSyncBackend(
  options: Partial<BackendOptions> = {},
): Promise<SyncBackend> {
  const logs: string[] = [];
  const backend = await startBackend({
    projectDir,
    dataDir: ':memory:',
    env: { JWKS },
    log: (line) => logs.push(line),
    ...options,
  });
  const clients: ConvexClient[] = [];
  return {
    backend,
    logs,
    connect({ url = backend.url, ...options } = {}) {
      const client = new ConvexClient(url, { logger: false, ...options });
      clients.push(client);
      return client;
    },
    connectHttp: () => new ConvexHttpClient(backend.url, { logger: false }),
    countLogs: (text) => logs.filter((line) => line.includes(text)).length,
    async [Symbol.asyncDispose]() {
      await Promise.all(clients.map((client) => client.close()));
      await backend.close();
    },
  };
}

/** `expect.poll`, with the patience that a busy machine needs. */
export const eventually = (read: () => unknown) => expect.poll(read, { timeout: 20_000 });

/** Collects what a subscription tells. */
export function collect<T>(
  client: ConvexClient,
  name: string,
  args: Record<string, unknown> = {},
): { values: T[]; errors: Error[]; unsubscribe: () => void } {
  const values: T[] = [];
  const errors: Error[] = [];
  const unsubscribe = client.onUpdate(
    queryOf(name),
    args,
    (value: T) => values.push(value),
    (error) => errors.push(error),
  );
  return { values, errors, unsubscribe };
}

export async function temporaryFolder(): Promise<AsyncDisposable & { folder: string }> {
  const folder = await mkdtemp(path.join(tmpdir(), 'kitcn-sync-'));
  return {
    folder,
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
}

/** A wire between a client and a server that can be cut. */
export interface Wire extends AsyncDisposable {
  readonly url: string;
  /** From now on the client's bytes arrive, and the answers do not. */
  swallowAnswers(): void;
  /** Ends all connections; new ones work, towards `port`. */
  cut(port: number): void;
}

export async function layWire(firstPort: number): Promise<Wire> {
  let port = firstPort;
  let isSwallowing = false;
  const open = new Set<Socket>();
  const server = createServer((client) => {
    const target = connectTo(port, '127.0.0.1');
    for (const socket of [client, target]) {
      open.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => {
        open.delete(socket);
        client.destroy();
        target.destroy();
      });
    }
    client.pipe(target);
    target.on('data', (data) => {
      if (!isSwallowing) client.write(data);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port: ownPort } = server.address() as AddressInfo;
  const cutAll = (): void => {
    for (const socket of open) socket.destroy();
  };
  return {
    url: `http://127.0.0.1:${ownPort}`,
    swallowAnswers() {
      isSwallowing = true;
    },
    cut(nextPort) {
      port = nextPort;
      isSwallowing = false;
      cutAll();
    },
    async [Symbol.asyncDispose]() {
      cutAll();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
