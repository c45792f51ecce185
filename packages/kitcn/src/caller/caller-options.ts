import type { TransformerOption } from '../wire/transformer.ts';
import type { CallHooks, CallInterceptor } from './call-hooks.ts';
import type { TransportName } from './choose-exchange.ts';
import type { Clock } from '../shared/clock.ts';
import type { Fetch } from './http-exchange.ts';
import type { TokenResult } from './token-source.ts';

/**
 * Finds the token of a request. Called once for a request's `Headers`, and again with `{ forceRefresh: true }` as
 * `opts` when a token that was not `isFresh` has been refused, or one that worked before has expired.
 */
export type GetToken = (siteUrl: string, headers: Headers, opts?: unknown) => Promise<TokenResult>;

export interface CallerAuthOptions {
  getToken: GetToken;
  /** What counts as not signed in, for replays and `skipUnauth`. Default: errors with code `UNAUTHORIZED`. */
  isUnauthorized?: ((error: unknown) => boolean) | undefined;
}

export interface CreateCallerFactoryOptions<TApi> extends CallHooks {
  /** The generated tree, from `@convex/api`. */
  api: TApi;
  /**
   * Where the deployment answers HTTP actions, usually `process.env.NEXT_PUBLIC_CONVEX_SITE_URL`. Checked when the first
   * context is made, so that a build without the variable can import the module.
   */
  convexSiteUrl: string;
  /** Without it requests are anonymous, whatever their headers say. */
  auth?: CallerAuthOptions | undefined;
  /** The one that `initCRPC.create` was given. Additive: Dates always travel. */
  transformer?: TransformerOption | undefined;
  /** Where functions are called, if it cannot be told from `convexSiteUrl`: self-hosted behind names of its own. */
  convexUrl?: string | undefined;
  /** Sends the requests, instead of `transport`. */
  fetch?: Fetch | undefined;
  /** Default: the dispatcher of `fetch` on Node, the global `fetch` elsewhere or where it was replaced. */
  transport?: TransportName | undefined;
  /** Milliseconds for each call, and for the first token of a context. Default: no limit. */
  timeoutMs?: number | undefined;
  /** Aborts every call of the factory, for a server that shuts down. */
  signal?: AbortSignal | undefined;
  /** Further attempts of queries after a broken connection, a 5xx or a 429, with growing waits. Default: 0. */
  retries?: number | undefined;
  /** Whether equal queries of one context that run at once share a request. Default: true. */
  dedupe?: boolean | undefined;
  /**
   * Opens internal procedures, with the `internal` tree as `api`; for trusted servers only, and not together with `auth`.
   * Checked when the first context is made. It is in no error, hook, log or inspection.
   */
  adminKey?: string;
  /** Run around each call, the first one outermost. */
  interceptors?: readonly CallInterceptor[] | undefined;
  /** Default: the system's. */
  clock?: Clock | undefined;
  /** From 0 up to 1, for the jitter of waits. Default: `Math.random`. */
  random?: (() => number) | undefined;
}
