import { createServer } from 'node:http';
import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { getRequestListener } from '@hono/node-server';
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import { messageOf } from '../../shared/message-of.ts';
import { BackendError } from '../backend-error.ts';
import { refuseConnection } from './refuse-connection.ts';

/** What a request came on. */
export interface Connection {
  /** Address of the client, or of the last proxy. */
  readonly ip: string | null;
  /** Cuts it off, so that the client knows that what it has is not the whole response. */
  disconnect(): void;
  /**
   * Answers 200 with JSON text, past a `Response` and the streams in it, which cost more than most calls. The handler
   * returns what this does. Absent where there is no socket.
   */
  answerJson?(text: string, headers: Readonly<Record<string, string>>): Response;
}

export type RequestHandler = (
  request: Request,
  connection: Connection,
) => Response | Promise<Response>;

/** Takes over a connection that asks for another protocol. */
export type UpgradeHandler = (request: IncomingMessage, connection: Duplex, head: Buffer) => void;

export interface ListenOptions {
  hostname: string;
  /** 0: any free one. */
  port: number;
  /** Name of the option that set the port, for the error. */
  option: 'port' | 'sitePort';
  timeouts?: RequestTimeouts;
  /** How many requests may wait for their answers; those beyond it are refused with 503. Default: Convex's 1,024. */
  maxWaiting?: number;
}

/** How long a client may take to send a request, in milliseconds. */
export interface RequestTimeouts {
  headersMs: number;
  /** Headers and body. */
  requestMs: number;
}

const TIMEOUTS: RequestTimeouts = { headersMs: 20_000, requestMs: 300_000 };

export const MOST_WAITING = 1024;

/** One listening port. Until it is told what to serve it answers 503 `BackendStarting`. */
export class HttpServer {
  readonly #hostname: string;
  readonly #server: Server;
  readonly #maxWaiting: number;
  #serve: RequestHandler = answerStarting;
  #waiting = 0;

  private constructor({ hostname, timeouts = TIMEOUTS, maxWaiting = MOST_WAITING }: ListenOptions) {
    this.#hostname = hostname;
    this.#maxWaiting = maxWaiting;
    const listener = getRequestListener(
      (request, { incoming, outgoing }) =>
        this.#answer(request, {
          ip: incoming.socket.remoteAddress ?? null,
          disconnect: () => void outgoing.destroy(),
          answerJson(text, headers) {
            for (const [name, value] of Object.entries(headers)) outgoing.setHeader(name, value);
            outgoing.setHeader('Content-Type', 'application/json');
            outgoing.end(text);
            return RESPONSE_ALREADY_SENT;
          },
        }),
      // The classes of an embedding application are not ours to replace.
      { hostname, overrideGlobalObjects: false, errorHandler: answerError },
    );
    const limits = {
      headersTimeout: timeouts.headersMs,
      requestTimeout: timeouts.requestMs,
      connectionsCheckingInterval: Math.min(timeouts.headersMs / 4, 5_000),
      // Node would refuse it without saying why; `answerError` does.
      requireHostHeader: false,
    };
    this.#server = createServer(limits, (incoming, outgoing) => void listener(incoming, outgoing));
    this.#server.on('clientError', (error, connection) => {
      refuseConnection(connection, toRequestError(error));
    });
    this.#server.on('connect', (_request, connection) => {
      refuseConnection(connection, new BackendError(405, 'MethodNotAllowed', 'This is no proxy.'));
    });
  }

  /** 409 `PortInUse` if something else listens there. */
  static async listen(options: ListenOptions): Promise<HttpServer> {
    const opened = new HttpServer(options);
    await startListening(opened.#server, options);
    return opened;
  }

  get port(): number {
    const address = this.#server.address();
    if (address === null || typeof address === 'string') throw closed();
    return address.port;
  }

  /** Without a trailing slash. */
  get url(): string {
    return `http://${toUrlHost(this.#hostname)}:${this.port}`;
  }

  serve(handler: RequestHandler): void {
    this.#serve = handler;
  }

  /** Without one, requests for another protocol are served as ordinary ones. */
  serveUpgrades(handler: UpgradeHandler): void {
    this.#server.on('upgrade', (request, connection, head) => {
      try {
        handler(request, connection, head);
      } catch (error) {
        // Thrown from here, it would end the process.
        refuseConnection(connection, new BackendError(400, 'BadRequest', String(error)));
      }
    });
  }

  async #answer(request: Request, connection: Connection): Promise<Response> {
    if (!isRequestUrl(request.url)) return answerError(`This is no URL: ${request.url}`);
    if (this.#waiting >= this.#maxWaiting) return answerBusy(this.#maxWaiting);
    this.#waiting += 1;
    try {
      return await this.#serve(request, connection);
    } finally {
      this.#waiting -= 1;
    }
  }

  /** Ends open connections too, but for those that were taken over. */
  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    this.#server.closeAllConnections();
    await closed;
  }
}

function startListening(server: Server, options: ListenOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error) => reject(toListenError(error, options)));
    server.listen({ port: options.port, host: options.hostname }, resolve);
  });
}

function toListenError(cause: Error, { port, hostname, option }: ListenOptions): Error {
  const name = option === 'port' ? '"port" (--port)' : '"sitePort" (--site-port)';
  switch ('code' in cause ? cause.code : null) {
    case 'EADDRINUSE':
      return new BackendError(
        409,
        'PortInUse',
        `Port ${port} on ${hostname} is in use. Stop what listens there, or set ${name} to another port (0: any free one).`,
        { cause },
      );
    case 'EACCES':
      return new BackendError(
        400,
        'AddressUnavailable',
        `This process may not listen on port ${port}. Set ${name} to a port from 1024 on, or 0 for any free one.`,
        { cause },
      );
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return new BackendError(
        400,
        'AddressUnavailable',
        `"${hostname}" is no address of this machine. Set "host" to one, or leave it out for 127.0.0.1.`,
        { cause },
      );
    default:
      return cause;
  }
}

/** `fetch` knows no requests to URLs with a user or a password in them. */
function isRequestUrl(url: string): boolean {
  return URL.canParse(url) && !/^\w+:\/\/[^/?#]*@/.test(url);
}

/** An address that can be called; the wildcard addresses cannot. */
function toUrlHost(hostname: string): string {
  if (hostname === '0.0.0.0' || hostname === '::') return '127.0.0.1';
  return hostname.includes(':') ? `[${hostname}]` : hostname;
}

/** What Node's parser could not make a request of. */
function toRequestError(error: Error): BackendError {
  const reason = 'code' in error ? String(error.code) : '';
  if (reason === 'ERR_HTTP_REQUEST_TIMEOUT') {
    return new BackendError(408, 'RequestTimeout', 'The request took too long to arrive.');
  }
  if (reason === 'HPE_HEADER_OVERFLOW') {
    return new BackendError(431, 'HeadersTooLarge', 'The headers of the request are too large.');
  }
  return new BackendError(400, 'BadRequest', `This is not an HTTP request (${reason}).`);
}

/** What is no request for `fetch`: a bad URL, or no host. What a handler throws does not come here. */
function answerError(error: unknown): Response {
  const message = messageOf(error);
  return Response.json({ code: 'BadRequest', message }, { status: 400 });
}

function answerStarting(): Response {
  const body = { code: 'BackendStarting', message: 'The backend is starting. Try again shortly.' };
  return Response.json(body, { status: 503 });
}

function answerBusy(most: number): Response {
  const message = `${most} requests wait for their answers already. Try again later.`;
  return Response.json({ code: 'TooManyConcurrentRequests', message }, { status: 503 });
}

function closed(): BackendError {
  return new BackendError(503, 'BackendClosed', 'The backend is closed.');
}
