import type { Exchange, HttpAnswer, HttpRequest } from './http-exchange.ts';
import { toNetworkError } from './network-error.ts';
import type {
  LoadNodeHttp,
  NodeAgent,
  NodeHttp,
  NodeIncoming,
  NodeOutgoing,
  NodeTarget,
} from './node-http.ts';

/**
 * How long an idle socket is kept, in milliseconds; shorter if the server says so. Less than servers and balancers wait,
 * because a request that meets the end of its connection is lost.
 */
const IDLE_MS = 4_000;

/** As an agent: a socket that nobody used before, closed after the answer. */
const FRESH_SOCKET = false;

interface Sockets {
  http: NodeHttp;
  agent: NodeAgent | typeof FRESH_SOCKET;
}

/** The way to one URL; a deployment has four. */
interface Route extends Sockets {
  target: NodeTarget;
}

const MAX_KEPT = 200;

/**
 * Goes over keep-alive sockets of Node's own HTTP client, at about a quarter of what `fetch` costs there. Idle sockets
 * do not keep the process alive.
 */
export function createNodeExchange(load: LoadNodeHttp): Exchange {
  const routeTo = createRouter(load);
  return (request) =>
    new Promise((resolve, reject) => {
      const { url, signal } = request;
      signal?.throwIfAborted(); // The call may have ended while a token was fetched.
      // The signal's reason says more than the error that the abort caused.
      const fail = (error: unknown): void =>
        reject(signal?.aborted ? signal.reason : toNetworkError(url, error));
      try {
        send(routeTo(url), request, { resolve, reject: fail });
      } catch (error) {
        fail(error); // A header that cannot be sent.
      }
    });
}

interface Outcome {
  resolve: (answer: HttpAnswer) => void;
  reject: (error: unknown) => void;
}

/**
 * URLs are few, and taking them apart is a fifth of the work of a request. The sockets of an origin have an agent of
 * their own, which need not tell them apart by name.
 */
function createRouter(load: LoadNodeHttp): (url: string) => Route {
  const routes = new Map<string, Route>();
  const origins = new Map<string, Sockets>();
  return (url) => {
    let route = routes.get(url);
    if (route === undefined) {
      const parsed = new URL(url);
      let sockets = origins.get(parsed.origin);
      if (sockets === undefined) {
        sockets = openSockets(load(parsed.protocol === 'https:' ? 'https' : 'http'));
        keepFew(origins).set(parsed.origin, sockets);
      }
      route = { ...sockets, target: toTarget(parsed) };
      keepFew(routes).set(url, route);
    }
    return route;
  };
}

function openSockets(http: NodeHttp): Sockets {
  const agent = new http.Agent({ keepAlive: true, timeout: IDLE_MS });
  agent.getName = () => 'origin'; // Not empty: TLS sessions are kept by it.
  return { http, agent };
}

/** Starts anew when a map is full. Sockets that are forgotten are closed when they have been idle long enough. */
function keepFew<Value>(map: Map<string, Value>): Map<string, Value> {
  if (map.size === MAX_KEPT) map.clear();
  return map;
}

function toTarget({ protocol, hostname, port, pathname, search }: URL): NodeTarget {
  // An IPv6 address has brackets in a URL only.
  const host = hostname.startsWith('[') ? hostname.slice(1, -1) : hostname;
  const target = { host, port, path: pathname + search };
  // Without TLS there is no name to present; said so, Node does not work one out for each request.
  return protocol === 'https:' ? target : { ...target, servername: '' };
}

function send({ http, agent, target }: Route, request: HttpRequest, outcome: Outcome): void {
  const { headers, body, signal, isRepeatable } = request;
  const outgoing = http.request({
    ...target,
    method: 'POST',
    agent,
    headers: { ...headers, 'accept-encoding': 'identity' }, // Nothing here unpacks.
    ...(signal !== undefined && { signal }),
  });
  outgoing.on('response', (incoming) => read(incoming, outcome));
  outgoing.on('error', (error) => {
    const isRepeated = isRepeatable && wasStale(outgoing, error);
    if (isRepeated) send({ http, agent: FRESH_SOCKET, target }, request, outcome);
    else outcome.reject(error);
  });
  outgoing.end(body); // In one piece, so Node adds the length.
}

/**
 * Whether the server may have closed a kept socket just when it was taken. Most likely nothing ran, but that cannot be
 * known, so it is repeated only where it may run twice.
 */
function wasStale({ reusedSocket }: NodeOutgoing, error: unknown): boolean {
  const { code } = error as { code?: unknown };
  return reusedSocket && (code === 'ECONNRESET' || code === 'EPIPE');
}

function read(incoming: NodeIncoming, { resolve, reject }: Outcome): void {
  const pieces: Uint8Array[] = [];
  incoming.on('data', (piece) => pieces.push(piece));
  incoming.on('end', () => {
    const { statusCode: status = 0, headers } = incoming;
    resolve({ status, text: utf8.decode(join(pieces)), retryAfter: headers['retry-after'] });
  });
  incoming.on('error', reject); // Cut off in the middle, or aborted.
}

const utf8 = new TextDecoder();

function join(pieces: readonly Uint8Array[]): Uint8Array | undefined {
  if (pieces.length <= 1) return pieces[0];
  const whole = new Uint8Array(pieces.reduce((length, piece) => length + piece.length, 0));
  let offset = 0;
  for (const piece of pieces) {
    whole.set(piece, offset);
    offset += piece.length;
  }
  return whole;
}
