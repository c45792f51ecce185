import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { WebSocketServer } from 'ws';
import type { WebSocket } from 'ws';
import { BackendError } from '../backend-error.ts';
import type { Clock } from '../../shared/clock.ts';
import type { FunctionCaller } from '../functions/function-host.ts';
import { refuseConnection } from '../http/refuse-connection.ts';
import type { AccessControl } from '../http/request-identity.ts';
import { SyncSession } from './sync-session.ts';
import type { SyncSessionOptions } from './sync-session.ts';
import { SyncSocket } from './sync-socket.ts';
import type { Heartbeat } from './sync-socket.ts';

export interface SyncServerOptions {
  host: FunctionCaller;
  access: AccessControl;
  /** What tokens expire by. */
  clock: Clock;
  log: (line: string) => void;
  heartbeat?: Heartbeat;
}

const HEARTBEAT: Heartbeat = { everyMs: 5_000, pingMs: 15_000, silenceMs: 120_000 };

/** A client that connects anew sends all its queries in one message. */
const LARGEST_MESSAGE_BYTES = 32 * 1024 * 1024;

/** How long clients have to answer when the server closes. */
const CLOSE_MS = 200;

const GOING_AWAY = 1001;

const PATH = /^\/api\/(?:([^/]+)\/)?sync$/;
const VERSION = /^(\d+)\.(\d+)\.\d+(?:[-+][\w.+-]+)?$/;

/** The WebSocket side of the API: `/api/<version of the client>/sync` and `/api/sync`. */
export class SyncServer {
  readonly #options: SyncServerOptions;
  readonly #server = new WebSocketServer({ noServer: true, maxPayload: LARGEST_MESSAGE_BYTES });
  readonly #sockets = new Set<SyncSocket>();
  readonly #heartbeat: NodeJS.Timeout;

  constructor(options: SyncServerOptions) {
    this.#options = options;
    const { heartbeat = HEARTBEAT } = options;
    this.#heartbeat = setInterval(() => {
      for (const socket of this.#sockets) socket.beat(heartbeat);
    }, heartbeat.everyMs);
    this.#heartbeat.unref();
    this.#server.on('wsClientError', ({ message }, connection) => {
      refuseConnection(connection, new BackendError(400, 'BadHandshake', `${message}.`));
    });
  }

  /** Takes a connection over that asks to become a WebSocket. */
  upgrade(request: IncomingMessage, connection: Duplex, head: Buffer): void {
    // What comes there may be no URL at all.
    const [pathname = ''] = (request.url ?? '').split('?', 1);
    const path = PATH.exec(pathname);
    if (path === null) {
      refuseConnection(
        connection,
        new BackendError(404, 'NotFound', `There is no WebSocket at ${pathname.slice(0, 100)}.`),
      );
      return;
    }
    const [, version] = path;
    const [isVersion, major, minor] = VERSION.exec(version ?? '') ?? [];
    if (version !== undefined && isVersion === undefined) {
      const message = `${version.slice(0, 100)} is not the version of a client, like 1.48.0.`;
      refuseConnection(connection, new BackendError(400, 'InvalidClientVersion', message));
      return;
    }
    // Since 1.28.0.
    const takesChunks = Number(major) > 1 || (Number(major) === 1 && Number(minor) >= 28);
    const ip = request.socket.remoteAddress ?? null;
    const userAgent = request.headers['user-agent'] ?? null;
    this.#server.handleUpgrade(request, connection, head, (socket) => {
      this.#open(socket, { takesChunks, client: { ip, userAgent } });
    });
  }

  async close(): Promise<void> {
    clearInterval(this.#heartbeat);
    for (const socket of this.#sockets) socket.close(GOING_AWAY, 'ServerShutdown');
    const end = performance.now() + CLOSE_MS;
    while (this.#sockets.size > 0 && performance.now() < end) await sleep(5);
    for (const socket of this.#sockets) socket.terminate();
    this.#server.close();
  }

  #open(webSocket: WebSocket, peer: Pick<SyncSessionOptions, 'takesChunks' | 'client'>): void {
    const { host, access, clock, log } = this.#options;
    const socket = new SyncSocket(webSocket);
    const session = new SyncSession({ socket, host, access, clock, log, ...peer });
    this.#sockets.add(socket);
    webSocket.on('message', (data, isBinary) => {
      if (isBinary) session.refuse(binaryMessage());
      // Without `binaryType`, a message is one Buffer.
      else session.receive((data as Buffer).toString());
    });
    // `ws` closes the connection itself, with the code for what was wrong.
    webSocket.on('error', () => {});
    webSocket.on('close', () => {
      session.end();
      this.#sockets.delete(socket);
    });
  }
}

function binaryMessage(): BackendError {
  return new BackendError(400, 'InvalidMessage', 'Messages must be text, not binary.');
}
