import { createTextCodec } from '../wire/text-codec.ts';
import { AdminKey } from './admin-key.ts';
import { runLimited } from './call-session.ts';
import type { CallerSettings, CallSession } from './call-session.ts';
import type { CreateCallerFactoryOptions, GetToken } from './caller-options.ts';
import { chooseExchange } from './choose-exchange.ts';
import { systemClock } from './clock.ts';
import { configurationError } from './configuration-error.ts';
import type { CreateContextOptions } from './convex-context.ts';
import { resolveDeploymentUrls } from './deployment-urls.ts';
import { InFlight } from './in-flight.ts';
import { isUnauthorizedError } from './replay.ts';
import { assertRetries } from './retry.ts';
import { TokenSource } from './token-source.ts';
import type { Transport } from './transport.ts';

/** Makes the session of one request, its first token included. */
export type OpenSession = (request: CreateContextOptions) => Promise<CallSession>;

type Options = CreateCallerFactoryOptions<object>;

/** What a factory finds out once, when its first context is made. */
interface Deployment {
  siteUrl: string;
  transport: Transport;
  admin: AdminKey | undefined;
}

export function createSessionOpener(options: Options): OpenSession {
  const settings = createSettings(options);
  const tokensOf = createTokenSources(options.auth?.getToken);
  let deployment: Deployment | undefined;
  return async ({ headers, signal }) => {
    const { siteUrl, transport, admin } = (deployment ??= findDeployment(options));
    const tokens = tokensOf(siteUrl, headers);
    const session: CallSession = {
      settings,
      transport,
      tokens,
      admin,
      isActing: false,
      authorize: admin === undefined ? authorizeBearer : () => admin.authorization,
      signals: [options.signal, signal].filter((one) => one !== undefined),
      inFlight: new InFlight(),
    };
    if (options.auth !== undefined) await runLimited(session, {}, () => tokens.load());
    return session;
  };
}

function createSettings(options: Options): CallerSettings {
  const { auth, transformer, timeoutMs, retries = 0, dedupe = true } = options;
  assertRetries(retries);
  return {
    codec: createTextCodec(transformer),
    isUnauthorized: auth?.isUnauthorized ?? isUnauthorizedError,
    timeoutMs,
    retries,
    dedupe,
    clock: options.clock ?? systemClock,
    random: options.random ?? Math.random,
    batches: { isMissing: false },
  };
}

function findDeployment(options: Options): Deployment {
  const { convexSiteUrl, convexUrl, fetch, transport } = options;
  const { siteUrl, apiUrl } = resolveDeploymentUrls({ convexSiteUrl, convexUrl });
  // Present without a value, it was meant to be there: calls must not quietly go out without it.
  const admin = 'adminKey' in options ? new AdminKey(options.adminKey) : undefined;
  if (admin !== undefined && options.auth !== undefined) {
    throw configurationError('adminKey and auth exclude each other. Make two factories.');
  }
  const exchange = chooseExchange({ fetch, transport });
  const guarded = admin?.guard(exchange) ?? exchange;
  return { siteUrl, admin, transport: { apiUrl, siteUrl, exchange: guarded, fetch } };
}

function authorizeBearer(token: string | undefined): string | undefined {
  return token === undefined ? undefined : `Bearer ${token}`;
}

/** One source for each request, told apart by its `Headers` object; forgotten together with that. */
function createTokenSources(
  getToken: GetToken | undefined,
): (siteUrl: string, headers: Headers) => TokenSource {
  if (getToken === undefined) {
    const anonymous = new TokenSource(async () => ({}));
    return () => anonymous;
  }
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
