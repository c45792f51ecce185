import { createCodec } from '../wire/codec.ts';
import type { TransformerOption } from '../wire/transformer.ts';
import { bindCaller } from './bound-caller.ts';
import { createCallerTree } from './caller-tree.ts';
import type { CallerBranch } from './caller-tree.ts';
import type { ConvexContext, CreateContextOptions } from './convex-context.ts';
import { Deadline } from './deadline.ts';
import { resolveDeploymentUrls } from './deployment-urls.ts';
import type { DeploymentUrls } from './deployment-urls.ts';
import { createLazyCaller } from './lazy-caller.ts';
import type { LazyCaller } from './lazy-caller.ts';
import { isUnauthorizedError } from './replay.ts';
import { runCall } from './run-call.ts';
import type { CallSession } from './run-call.ts';
import type { ServerCaller } from './server-caller.ts';
import { TokenSource } from './token-source.ts';
import type { TokenResult } from './token-source.ts';
import type { Fetch } from './transport.ts';

/**
 * Finds the token of a request. Called once for a request's `Headers`, and again with `{ forceRefresh: true }` as
 * `opts` when a token that was not `isFresh` has been refused.
 */
export type GetToken = (siteUrl: string, headers: Headers, opts?: unknown) => Promise<TokenResult>;

export interface CallerAuthOptions {
  getToken: GetToken;
  /** What counts as not signed in, for replays and `skipUnauth`. Default: errors with code `UNAUTHORIZED`. */
  isUnauthorized?: ((error: unknown) => boolean) | undefined;
}

export interface CreateCallerFactoryOptions<TApi> {
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
  /** Default: the global `fetch`. */
  fetch?: Fetch | undefined;
  /** Milliseconds for each call, and for the first token of a context. Default: no limit. */
  timeoutMs?: number | undefined;
  /** Aborts every call of the factory, for a server that shuts down. */
  signal?: AbortSignal | undefined;
}

export interface CallerFactory<TApi> {
  /** Makes the context of one request: its token is fetched, its caller bound. */
  createContext(options: CreateContextOptions): Promise<ConvexContext<TApi>>;
  /** A caller that makes its context at each call. */
  createCaller(ctxFn: () => Promise<ConvexContext<TApi>>): LazyCaller<TApi>;
}

/** Creates typed callers of a deployment's procedures, over HTTP, for servers of any kind. */
export function createCallerFactory<TApi extends object>(
  options: CreateCallerFactoryOptions<TApi>,
): CallerFactory<TApi> {
  const tree = createCallerTree(options.api);
  const openSession = createSessionOpener(options);
  return {
    createContext: async (request) => {
      const session = await openSession(request);
      return createContext<TApi>(tree, session);
    },
    createCaller: (ctxFn) => createLazyCaller(tree, ctxFn),
  };
}

function createContext<TApi>(tree: CallerBranch, session: CallSession): ConvexContext<TApi> {
  const { tokens } = session;
  const caller = bindCaller(tree, (leaf, input, options) =>
    runCall(session, { leaf, input, options }),
  );
  return {
    get token() {
      return tokens.token;
    },
    get isAuthenticated() {
      return tokens.token !== undefined;
    },
    caller: caller as ServerCaller<TApi>, // The tree was read from an api of type TApi.
  };
}

type OpenSession = (request: CreateContextOptions) => Promise<CallSession>;

function createSessionOpener(options: CreateCallerFactoryOptions<object>): OpenSession {
  const { auth, timeoutMs, fetch } = options;
  const codec = createCodec(options.transformer);
  const isUnauthorized = auth?.isUnauthorized ?? isUnauthorizedError;
  const tokensOf = createTokenSources(auth?.getToken);
  let urls: DeploymentUrls | undefined;
  return async ({ headers, signal }) => {
    urls ??= resolveDeploymentUrls({
      convexSiteUrl: options.convexSiteUrl,
      convexUrl: options.convexUrl,
    });
    const tokens = tokensOf(urls.siteUrl, headers);
    const signals = [options.signal, signal];
    const deadline = new Deadline({ timeoutMs, signals });
    try {
      await deadline.race(() => tokens.load());
    } finally {
      deadline.close();
    }
    const transport = { apiUrl: urls.apiUrl, fetch };
    return { codec, transport, tokens, isUnauthorized, timeoutMs, signals };
  };
}

/** One source for each request, told apart by its `Headers` object; forgotten together with that. */
function createTokenSources(
  getToken: GetToken | undefined,
): (siteUrl: string, headers: Headers) => TokenSource {
  if (getToken === undefined) return () => new TokenSource(async () => ({}));
  const sources = new WeakMap<Headers, TokenSource>();
  return (siteUrl, headers) => {
    let source = sources.get(headers);
    if (source === undefined) {
      source = new TokenSource((forceRefresh) =>
        forceRefresh ? getToken(siteUrl, headers, { forceRefresh }) : getToken(siteUrl, headers),
      );
      sources.set(headers, source);
    }
    return source;
  };
}
