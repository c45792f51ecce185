import type { CreateTextCodec } from '../wire/text-codec.ts';
import type { AdminKey } from './admin-key.ts';
import type { CallerSettings, CallSession } from './call-session.ts';
import type { CreateCallerFactoryOptions } from './caller-options.ts';
import { systemClock } from './system-clock.ts';
import type { CreateContextOptions } from './convex-context.ts';
import { resolveDeploymentUrls } from './deployment-urls.ts';
import { InFlight } from './in-flight.ts';
import { onDemand } from './on-demand.ts';
import { openExchange } from './open-exchange.ts';
import { NO_TOKENS } from './tokens.ts';
import type { Tokens } from './tokens.ts';
import type { Transport } from './transport.ts';
import type { Watch } from './watch-calls.ts';

/** Makes the session of one request, its first token included. */
export type OpenSession = (request: CreateContextOptions) => Promise<CallSession>;

type Options = CreateCallerFactoryOptions<object>;

/** What a factory finds out once, when its first context is made. */
interface Deployment {
  siteUrl: string;
  transport: Transport;
  tokensOf: (siteUrl: string, headers: Headers) => Tokens;
  admin: AdminKey | undefined;
  watch: Watch | undefined;
}

export function createSessionOpener(options: Options, createCodec: CreateTextCodec): OpenSession {
  const settings = createSettings(options, createCodec);
  let deployment: Deployment | undefined;
  let finding: Promise<Deployment> | undefined;
  const find = async (): Promise<Deployment> => {
    finding ??= findDeployment(options);
    try {
      return (deployment = await finding);
    } finally {
      finding = undefined;
    }
  };
  return async ({ headers, signal }) => {
    const { siteUrl, transport, tokensOf, admin, watch } = deployment ?? (await find());
    const tokens = tokensOf(siteUrl, headers);
    const session: CallSession = {
      settings,
      transport,
      tokens,
      admin,
      isActing: false,
      watch,
      authorize: admin === undefined ? authorizeBearer : () => admin.authorization,
      signals: [options.signal, signal].filter((one) => one !== undefined),
      inFlight: new InFlight(),
    };
    if (options.auth !== undefined) {
      // The first token, under the limits of any call.
      const { runLimited } = await onDemand();
      await runLimited(session, {}, () => tokens.load());
    }
    return session;
  };
}

function createSettings(options: Options, createCodec: CreateTextCodec): CallerSettings {
  const { auth, transformer, timeoutMs, retries = 0, dedupe = true } = options;
  return {
    codec: createCodec(transformer),
    isUnauthorized: auth?.isUnauthorized,
    timeoutMs,
    retries,
    dedupe,
    clock: options.clock ?? systemClock,
    random: options.random ?? Math.random,
    batches: { isMissing: false },
  };
}

/** What an option needs beyond a plain call is loaded here, so that calls themselves need not wait for it. */
async function findDeployment(options: Options): Promise<Deployment> {
  const { auth, retries = 0 } = options;
  if (retries !== 0) (await onDemand()).assertRetries(retries);
  const { siteUrl, apiUrl } = await resolveDeploymentUrls(options);
  const admin = await tryAdminKey(options);
  const exchange = await openExchange(options);
  return {
    siteUrl,
    transport: {
      apiUrl,
      siteUrl,
      exchange: admin?.guard(exchange) ?? exchange,
      fetch: options.fetch,
    },
    tokensOf:
      auth === undefined ? () => NO_TOKENS : (await onDemand()).createTokenSources(auth.getToken),
    admin,
    watch: await tryWatch(options),
  };
}

/** Present without a value, it was meant to be there: calls must not quietly go out without it. */
async function tryAdminKey(options: Options): Promise<AdminKey | undefined> {
  if (!('adminKey' in options)) return undefined;
  const { createAdminKey } = await onDemand();
  return createAdminKey(options);
}

async function tryWatch(options: Options): Promise<Watch | undefined> {
  const { onRequest, onSuccess, onError, interceptors } = options;
  const watcher = onRequest ?? onSuccess ?? onError ?? interceptors?.[0];
  if (watcher === undefined) return undefined;
  const { createWatch } = await onDemand();
  return createWatch({ ...options, clock: options.clock ?? systemClock });
}

function authorizeBearer(token: string | undefined): string | undefined {
  return token === undefined ? undefined : `Bearer ${token}`;
}
