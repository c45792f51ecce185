import type { ExchangeOptions } from './choose-exchange.ts';
import { createFetchExchange } from './http-exchange.ts';
import type { Exchange } from './http-exchange.ts';
import { onDemand } from './on-demand.ts';

/** As it was when the library was loaded, to tell whether somebody has replaced it since. */
export const originalFetch: typeof fetch = globalThis.fetch;

/** The way to the network for one factory. Only Node has more than one. */
export async function openExchange({
  fetch,
  transport = 'auto',
}: ExchangeOptions): Promise<Exchange> {
  const isNode = globalThis.navigator?.userAgent?.startsWith('Node.js/') === true;
  const usesFetch = fetch !== undefined || transport === 'fetch';
  if (usesFetch || (transport === 'auto' && !isNode)) return createFetchExchange(fetch);
  const { chooseExchange } = await onDemand();
  return chooseExchange({ fetch, transport });
}
