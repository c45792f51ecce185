import type { FunctionsBundle } from '../project/bundle.ts';
import { FunctionsBundler } from '../project/functions-bundler.ts';
import { SerialQueue } from '../shared/serial-queue.ts';
import { isAdminKey } from './auth/admin-key.ts';
import { createDevelopmentIssuer, isLoopback } from './auth/development-issuer.ts';
import type { DevelopmentIssuer } from './auth/development-issuer.ts';
import { LazyTokenVerifier } from './auth/lazy-token-verifier.ts';
import { checkOptions } from './check-options.ts';
import { systemClock } from './system-clock.ts';
import { CloseStack } from './close-stack.ts';
import { openDataFolder } from './data-folder.ts';
import type { DataFolder } from './data-folder.ts';
import type { EnvironmentChange } from './functions/environment-change.ts';
import type { FunctionHost, PushResult } from './functions/function-host.ts';
import { refuseNodeModules } from './functions/refuse-node-modules.ts';
import { startFunctionHost } from './functions/start-function-host.ts';
import { WarningCaller } from './functions/warning-caller.ts';
import { createApiRoutes } from './http/api-routes.ts';
import type { RouteOptions } from './http/api-routes.ts';
import { listenOnPorts } from './http/listen-on-ports.ts';
import type { OpenPorts } from './http/listen-on-ports.ts';
import type { AccessControl } from './http/request-identity.ts';
import { createSiteRoutes } from './http/site-routes.ts';
import type { Durability } from './storage/database.ts';
import { SyncServer } from './sync/sync-server.ts';

export interface BackendOptions {
  /** Root of the project; its functions are in `convex/`, or where `convex.json` says. */
  projectDir: string;
  /** Where documents and the admin key are kept; created if it is not there. `:memory:` keeps nothing. */
  dataDir: string;
  /**
   * `full`, the default: an answered mutation survives a power loss. `relaxed`: it survives a crash of the process, and
   * commits are faster; for tests. `:memory:` is always relaxed.
   */
  durability?: Durability;
  /** Port of the API. Default 0: any free one. */
  port?: number;
  /** Port of HTTP actions. Default 0: the one after `port` if both are left open, else any free one. */
  sitePort?: number;
  /** Address to listen on. Default `127.0.0.1`, which only this machine reaches. */
  host?: string;
  /**
   * What `process.env` shows to functions, besides `CONVEX_CLOUD_URL` and `CONVEX_SITE_URL`. What was set on the
   * deployment itself, with `convex env set`, wins.
   */
  env?: Readonly<Record<string, string>>;
  /** Gets the log lines of functions and of the backend. Default: standard error. */
  log?: (line: string) => void;
  /** Wall time in milliseconds after which a query or mutation is stopped, a day at most. Default 5,000. */
  transactionTimeoutMs?: number;
  /**
   * Megabytes of memory for all functions that run at a time, with what the backend keeps for them. Whoever exceeds it
   * fails; the others go on. Default 512, at least 32.
   */
  memoryLimitMb?: number;
}

export interface Backend extends AsyncDisposable {
  /** What `ConvexHttpClient` takes, and `CONVEX_CLOUD_URL` in functions. No trailing slash. */
  readonly url: string;
  /** Origin of HTTP actions, and `CONVEX_SITE_URL` in functions. No trailing slash. */
  readonly siteUrl: string;
  /** Opens internal functions. A secret. */
  readonly adminKey: string;
  /** Bundles the project again and replaces code and schema; if anything fails the old ones stay. */
  push(options?: PushOptions): Promise<PushResult>;
  /** Bundles in the background what the next `push` will deploy. */
  beginPush(): void;
  /** Gets ready in the background for a quick `push`; after it, when another is likely. */
  preparePush(): void;
  /** Replaces what the option `env` said, and loads the code again; if that fails all stays as it was. */
  setEnv(env: Readonly<Record<string, string>>): Promise<PushResult>;
  /** Puts a line before the log lines of every answer, until the next push that works: `[WARN] text`. */
  warn(text: string): void;
  /** Ends open connections and gives ports and data folder back. Any number of times. */
  close(): Promise<void>;
}

export interface PushOptions {
  /** Files that have changed since `beginPush`, as absolute paths; without that call any may have. */
  written?: readonly string[];
}

/**
 * Starts a deployment of a project: listens, bundles its functions and pushes them. If any of it fails, everything
 * that was opened is closed again. Errors carry codes: 400 `InvalidOption` and `AddressUnavailable`, 409 `PortInUse` and
 * `DataFolderInUse`, those of the data folder, and those of a push.
 */
export async function startBackend(options: BackendOptions): Promise<Backend> {
  checkOptions(options);
  const opened = new CloseStack();
  try {
    return await openBackend(options, opened);
  } catch (error) {
    await opened.close();
    throw error;
  }
}

async function openBackend(options: BackendOptions, opened: CloseStack): Promise<Backend> {
  const { log = logToStandardError } = options;
  const data = await openDataFolder(options.dataDir);
  opened.defer(() => data.close());

  const { api, site } = await listenOnPorts(options);
  opened.defer(() => api.close());
  opened.defer(() => site.close());
  const { url } = api;
  const siteUrl = site.url;

  const urls = { CONVEX_CLOUD_URL: url, CONVEX_SITE_URL: siteUrl };
  const bundler = new FunctionsBundler(options.projectDir, refuseNodeModules);
  opened.defer(() => bundler[Symbol.asyncDispose]());
  // While the function thread starts.
  bundler.begin();
  const host = await startHost(data, { ...options, env: { ...options.env, ...urls } });
  opened.defer(() => host.close());

  const issuer = await createIssuer(options.host, url, data);
  const tokens = new LazyTokenVerifier(systemClock, issuer);
  /** The providers depend on the environment as well as on the code. */
  const adopt = async (loading: Promise<PushResult>): Promise<PushResult> => {
    const result = await loading;
    tokens.setProviders(result.authProviders);
    return result;
  };
  const caller = new WarningCaller(host);
  const push = createPush(bundler, async (bundle) => {
    const result = await adopt(host.push(bundle));
    caller.warning = null;
    return result;
  });
  await push();

  const routes = {
    host: caller,
    issuer,
    changeVariables: (changes: readonly EnvironmentChange[]) =>
      adopt(host.changeVariables(changes)),
    log,
    access: createAccess(data.adminKey, tokens),
  };
  const sync = serve(routes, { api, site });
  opened.defer(() => sync.close());

  const close = (): Promise<void> => opened.close();
  return {
    url,
    siteUrl,
    adminKey: data.adminKey,
    push,
    beginPush: () => bundler.begin(),
    preparePush: () => bundler.prepare(),
    setEnv: (env) => adopt(host.setEnv({ ...env, ...urls })),
    warn: (text) => void (caller.warning = text),
    close,
    [Symbol.asyncDispose]: close,
  };
}

function startHost(data: DataFolder, options: BackendOptions): Promise<FunctionHost> {
  const { env = {}, log = logToStandardError } = options;
  const { durability, transactionTimeoutMs, memoryLimitMb } = options;
  return startFunctionHost({
    databaseFile: data.databaseFile,
    env,
    log,
    ...(durability === undefined ? {} : { durability }),
    ...(transactionTimeoutMs === undefined ? {} : { transactionTimeoutMs }),
    ...(memoryLimitMb === undefined ? {} : { memoryLimitMb }),
  });
}

function createAccess(adminKey: string, tokens: LazyTokenVerifier): AccessControl {
  return {
    isAdminKey: (candidate) => isAdminKey(candidate, adminKey),
    verifyToken: (token) => tokens.verify(token),
  };
}

function serve(routes: RouteOptions, { api, site }: OpenPorts): SyncServer {
  const apiRoutes = createApiRoutes(routes);
  const siteRoutes = createSiteRoutes(routes);
  const sync = new SyncServer({ ...routes, clock: systemClock });
  api.serveUpgrades((request, connection, head) => sync.upgrade(request, connection, head));
  api.serve((request, connection) => apiRoutes.fetch(request, connection));
  site.serve((request, connection) => siteRoutes.fetch(request, connection));
  return sync;
}

/** Development tokens are for this machine only. */
async function createIssuer(
  host: string | undefined,
  url: string,
  data: DataFolder,
): Promise<DevelopmentIssuer | null> {
  if (host !== undefined && !isLoopback(host)) return null;
  return createDevelopmentIssuer(url, await data.developmentKey());
}

/** One push at a time, so that the last one asked for is the one that stands. */
function createPush(
  bundler: FunctionsBundler,
  deploy: (bundle: FunctionsBundle) => Promise<PushResult>,
): Backend['push'] {
  const queue = new SerialQueue();
  return ({ written } = {}) => queue.run(async () => deploy(await bundler.bundle(written)));
}

function logToStandardError(line: string): void {
  process.stderr.write(`${line}\n`);
}
