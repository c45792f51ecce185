import { WebSocket } from 'ws';
import { must } from '../../shared/assert.ts';
import { systemClock } from '../system-clock.ts';
import type { Clock } from '../../shared/clock.ts';
import { SERVER, temporaryHost } from '../functions/temporary-host.fixture.ts';
import type { TemporaryHost } from '../functions/temporary-host.fixture.ts';
import { HttpServer } from '../http/http-server.ts';
import { SyncServer } from './sync-server.ts';
import type { Heartbeat } from './sync-socket.ts';

/** What came from the server; the shape depends on the type. */
export type ServerMessage = Record<string, unknown> & { type: string };

/** A connection that sends whatever a test wants. */
export interface RawClient {
  readonly socket: WebSocket;
  readonly received: ServerMessage[];
  send(message: unknown): void;
  /** The next message that was not taken yet. */
  next(): Promise<ServerMessage>;
  /** The next one of a type; those before it are skipped. */
  nextOf(type: string): Promise<ServerMessage>;
  readonly closed: Promise<{ code: number; reason: string }>;
}

export interface RawBackend extends AsyncDisposable {
  readonly host: TemporaryHost;
  readonly url: string;
  readonly logs: string[];
  connect(path?: string): Promise<RawClient>;
}

const MODULE = `${SERVER}
export const list = query(async (ctx) => (await ctx.db.query('rows').collect()).map((row) => row.text));
export const add = mutation(async (ctx, { text }) => {
  await ctx.db.insert('rows', { text });
  return text;
});
export const fail = mutation(() => { throw new ConvexError('no') });
export const who = query(async (ctx) => (await ctx.auth.getUserIdentity())?.subject ?? null);
export const slow = action(async (ctx, { ms }) => {
  await new Promise((resolve) => setTimeout(resolve, ms));
  return ms;
});
let release;
const gate = new Promise((resolve) => (release = resolve));
export const wait = action(() => gate);
export const bigInAction = action((ctx, { size }) => 'x'.repeat(size));
export const open = action(() => release('opened'));
export const big = query((ctx, { size }) => 'x'.repeat(size));
`;

const CURRENT_PATH = '/api/1.48.0/sync';

export const ADMIN_KEY = 'kitcn|admin';

/** For tests: the sync protocol on a port, over a real function thread. */
export async function rawBackend(
  heartbeat?: Heartbeat,
  clock: Clock = systemClock,
): Promise<RawBackend> {
  const host = await temporaryHost({ m: MODULE });
  const logs: string[] = [];
  const server = await HttpServer.listen({ hostname: '127.0.0.1', port: 0, option: 'port' });
  const sync = new SyncServer({
    host: host.host,
    clock,
    log: (line) => logs.push(line),
    access: {
      isAdminKey: (candidate) => candidate === ADMIN_KEY,
      verifyToken: () => Promise.reject(new TypeError('this test has no tokens')),
    },
    ...(heartbeat === undefined ? {} : { heartbeat }),
  });
  server.serveUpgrades((request, connection, head) => sync.upgrade(request, connection, head));
  const url = server.url.replace('http', 'ws');
  return {
    host,
    url,
    logs,
    connect: (path = CURRENT_PATH) => connectRaw(url, path),
    async [Symbol.asyncDispose]() {
      await sync.close();
      await server.close();
      await host[Symbol.asyncDispose]();
    },
  };
}

/** For tests: a connection to a backend that is there already. */
export async function connectRaw(url: string, path: string = CURRENT_PATH): Promise<RawClient> {
  const socket = new WebSocket(`${url.replace('http', 'ws')}${path}`);
  const received: ServerMessage[] = [];
  const waiting: ((message: ServerMessage) => void)[] = [];
  let taken = 0;
  socket.on('message', (data: Buffer) => {
    const message: ServerMessage = JSON.parse(data.toString());
    received.push(message);
    waiting.shift()?.(message);
  });
  const closed = new Promise<{ code: number; reason: string }>((resolve) => {
    socket.on('close', (code, reason) => resolve({ code, reason: reason.toString() }));
  });
  await new Promise<void>((resolve, reject) => {
    socket.once('open', () => resolve());
    socket.once('error', reject);
  });
  socket.on('error', () => {});
  const next = (): Promise<ServerMessage> => {
    taken += 1;
    if (taken <= received.length) return Promise.resolve(must(received[taken - 1], 'received'));
    return new Promise((resolve) => waiting.push(resolve));
  };
  return {
    socket,
    received,
    closed,
    next,
    send: (message) => socket.send(typeof message === 'string' ? message : JSON.stringify(message)),
    async nextOf(type) {
      for (;;) {
        const message = await next();
        if (message.type === type) return message;
      }
    },
  };
}

export const CONNECT = {
  type: 'Connect',
  sessionId: 'd0b1c7c2-7a53-4f4e-9f0a-2f6f3f1c2b11',
  connectionCount: 0,
  lastCloseReason: null,
  clientTs: 0,
};

/** A `ModifyQuerySet` that adds one query. */
export function addQuery(queryId: number, udfPath: string, more: object = {}): object {
  const query = { type: 'Add', queryId, udfPath, args: [{}], ...more };
  return { type: 'ModifyQuerySet', baseVersion: 0, newVersion: 1, modifications: [query] };
}
