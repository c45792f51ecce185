import { createServer } from 'node:http';
import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { getRequestListener } from '@hono/node-server';
import { BackendError } from '../backend-error.ts';

/** What a request came on. */
export interface Connection {
  /** Cuts it off, so that the client knows that what it has is not the whole response. */
  disconnect(): void;
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
  option: string;
}

/** One listening port. Until it is told what to serve it answers 503 `BackendStarting`. */
export class HttpServer {
  readonly #hostname: string;
  readonly #server: Server;
  #serve: RequestHandler = answerStarting;

  private constructor(hostname: string) {
    this.#hostname = hostname;
    const listener = getRequestListener(
      (request, { outgoing }) =>
        this.#serve(request, { disconnect: () => void outgoing.destroy() }),
      // The classes of an embedding application are not ours to replace.
      { hostname, overrideGlobalObjects: false },
    );
    this.#server = createServer((incoming, outgoing) => void listener(incoming, outgoing));
  }

  /** 409 `PortInUse` if something else listens there. */
  static async listen(options: ListenOptions): Promise<HttpServer> {
    const opened = new HttpServer(options.hostname);
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
    this.#server.on('upgrade', handler);
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

function toListenError(error: Error, { port, hostname, option }: ListenOptions): Error {
  if (!('code' in error) || error.code !== 'EADDRINUSE') return error;
  return new BackendError(
    409,
    'PortInUse',
    `Port ${port} on ${hostname} is in use. Stop what listens there, or set "${option}" to another port (0: any free one).`,
    { cause: error },
  );
}

/** An address that can be called; the wildcard addresses cannot. */
function toUrlHost(hostname: string): string {
  if (hostname === '0.0.0.0' || hostname === '::') return '127.0.0.1';
  return hostname.includes(':') ? `[${hostname}]` : hostname;
}

function answerStarting(): Response {
  const body = { code: 'BackendStarting', message: 'The backend is starting. Try again shortly.' };
  return Response.json(body, { status: 503 });
}

function closed(): BackendError {
  return new BackendError(503, 'BackendClosed', 'The backend is closed.');
}
