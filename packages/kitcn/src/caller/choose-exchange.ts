import { configurationError } from './configuration-error.ts';
import { dispatchRequest } from './dispatch-request.ts';
import { createFetchExchange } from './http-exchange.ts';
import type { Exchange, Fetch } from './http-exchange.ts';
import { tryNodeDispatcher } from './node-dispatcher.ts';
import { originalFetch } from './open-exchange.ts';

/**
 * How requests travel when there is no `fetch` option. `auto`: on Node through what `fetch` itself sends through,
 * unless somebody has replaced either; over the global `fetch` everywhere else.
 */
export type TransportName = 'auto' | 'node' | 'fetch';

export interface ExchangeOptions {
  fetch?: Fetch | undefined;
  transport?: TransportName | undefined;
}

/** The way to the network for one factory. */
export function chooseExchange({ fetch, transport = 'auto' }: ExchangeOptions): Exchange {
  if (fetch !== undefined || transport === 'fetch') return createFetchExchange(fetch);
  if (transport === 'auto') return autoExchange;
  if (tryNodeDispatcher() !== undefined) return nodeExchange;
  throw configurationError("transport: 'node' needs Node 22.13 or later. Leave it out.");
}

const fetchExchange = createFetchExchange(undefined);

const nodeExchange: Exchange = (request) => {
  const dispatcher = tryNodeDispatcher();
  return dispatcher === undefined ? fetchExchange(request) : dispatchRequest(dispatcher, request);
};

/** Decided for each request: tests and frameworks replace `fetch` at any time, and expect to see all that is sent. */
const autoExchange: Exchange = (request) =>
  isFetchReplaced() ? fetchExchange(request) : nodeExchange(request);

/** Where undici, which `fetch` is on Node, keeps what it sends through; older and newer copies use different places. */
const DISPATCHERS = [
  Symbol.for('undici.globalDispatcher.1'),
  Symbol.for('undici.globalDispatcher.2'),
] as const;

/** Classes of what undici itself puts there; the second one only hands on to the newer place. */
const USUAL_DISPATCHERS: readonly string[] = ['Agent', 'Dispatcher1Wrapper'];

/**
 * Whether requests are expected to go through `fetch`: a test stubs it, Next.js takes an uncached one as the sign that a
 * page must not be rendered ahead of time, or a dispatcher leads through a proxy.
 */
function isFetchReplaced(): boolean {
  const { fetch } = globalThis;
  return fetch !== originalFetch || '__nextPatched' in fetch || hasOwnDispatcher();
}

function hasOwnDispatcher(): boolean {
  const global: Partial<Record<symbol, object>> = globalThis;
  for (const place of DISPATCHERS) {
    const dispatcher = global[place];
    if (dispatcher !== undefined && !USUAL_DISPATCHERS.includes(dispatcher.constructor.name)) {
      return true;
    }
  }
  return false;
}
