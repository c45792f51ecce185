import { onDemand } from './on-demand.ts';

/** One `POST` of JSON to a deployment. */
export interface HttpRequest {
  url: string;
  /** Names in lower case. */
  headers: Record<string, string>;
  body: string;
  /** Its reason is the error to reject with. Aborting closes the socket. */
  signal: AbortSignal | undefined;
  /** Whether it may run twice, so that a kept socket which turns out dead is no failure. */
  isRepeatable: boolean;
}

/** What came back, whatever its status. */
export interface HttpAnswer {
  status: number;
  text: string;
  /** The header `Retry-After`, as it was sent. */
  retryAfter: string | undefined;
}

/** The port to the network: rejects with a `CRPCError` of origin `network`, or with the reason of the signal. */
export type Exchange = (request: HttpRequest) => Promise<HttpAnswer>;

/** What the caller needs of `fetch`. */
export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

/** Answers are per user and per moment: frameworks that cache `fetch` must not. Old Cloudflare workers refuse the field. */
export const UNCACHED: RequestInit =
  globalThis.navigator?.userAgent === 'Cloudflare-Workers' ? {} : { cache: 'no-store' };

/** Goes over `fetch`; by default the global one, as it is at the time of the call, because frameworks replace it. */
export function createFetchExchange(ownFetch: Fetch | undefined): Exchange {
  return async ({ url, headers, body, signal }) => {
    signal?.throwIfAborted(); // The call may have ended while a token was fetched.
    try {
      const init: RequestInit = { ...UNCACHED, method: 'POST', headers, body };
      if (signal !== undefined) init.signal = signal;
      const response = await (ownFetch ?? globalThis.fetch)(url, init);
      const { status } = response;
      const retryAfter =
        status === 200 ? undefined : (response.headers.get('retry-after') ?? undefined);
      return { status, text: await response.text(), retryAfter };
    } catch (error) {
      signal?.throwIfAborted(); // Its reason says more than the error that the abort caused.
      const { toFetchError } = await onDemand();
      throw toFetchError(url, error);
    }
  };
}
