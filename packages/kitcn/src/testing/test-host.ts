import { convexToJson, jsonToConvex } from 'convex/values';
import type { Value } from 'convex/values';
import type { Hono } from 'hono';
import { isAdminKey } from '../backend/auth/admin-key.ts';
import { TokenVerifier } from '../backend/auth/token-verifier.ts';
import { Execution, currentExecution } from '../backend/functions/execution.ts';
import type { FunctionCall } from '../backend/functions/function-host.ts';
import { InProcessHost } from '../backend/functions/in-process-host.ts';
import type { InProcessHostOptions } from '../backend/functions/in-process-host.ts';
import type { RegisteredFunction } from '../backend/functions/registered-function.ts';
import { createApiRoutes } from '../backend/http/api-routes.ts';
import type { PortEnv } from '../backend/http/api-routes.ts';
import { createSiteRoutes } from '../backend/http/site-routes.ts';
import { inlineFunction } from './inline-function.ts';
import { TestError } from './test-error.ts';
import type { LoadedModules } from './test-modules.ts';
import { toThrownError } from './thrown-error.ts';

/** Where HTTP actions of tests seem to be; nothing listens there. */
export const TEST_ORIGIN = 'https://test.convex.site';
/** Where their public API seems to be. */
const API_ORIGIN = 'https://test.convex.cloud';

/** A call of a test to a function that is deployed. */
export interface TestCall {
  kind: RegisteredFunction['kind'];
  /** `folder/module:export` */
  path: string;
  args: Record<string, Value> | undefined;
}

/** Who calls, and from where. */
export type TestSender = Pick<FunctionCall, 'identity' | 'client'>;

/** Who sends a request. */
export interface TestRequestSender extends TestSender {
  /** May call internal functions. */
  isAdmin?: boolean;
}

export interface TestHostOptions extends InProcessHostOptions {
  adminKey: string;
}

/** Requests of tests come on none. */
function noConnection(ip: string | null = null): PortEnv['Bindings'] {
  return { ip, disconnect() {} };
}

/** The functions of a test over a database of their own, and the deployment's HTTP routes without sockets. */
export class TestHost implements AsyncDisposable {
  readonly #adminKey: string;
  readonly host: InProcessHost;
  readonly #api: Hono<PortEnv>;
  readonly #site: Hono<PortEnv>;
  readonly #failures: LoadedModules['failures'];

  private constructor(
    host: InProcessHost,
    tokens: TokenVerifier,
    { log, failures, adminKey }: TestHostOptions & Pick<LoadedModules, 'failures'>,
  ) {
    this.host = host;
    this.#adminKey = adminKey;
    this.#failures = failures;
    const access = {
      isAdminKey: (candidate: string) => isAdminKey(candidate, this.#adminKey),
      verifyToken: (token: string) => tokens.verify(token),
    };
    this.#api = createApiRoutes({ host, access, log });
    this.#site = createSiteRoutes({ host, access, log });
  }

  static async start(
    options: TestHostOptions,
    { namespaces, failures }: LoadedModules,
  ): Promise<TestHost> {
    const host = new InProcessHost(options);
    try {
      const tokens = new TokenVerifier(options.clock);
      tokens.setProviders((await host.deploy(namespaces)).authProviders);
      return new TestHost(host, tokens, { ...options, failures });
    } catch (error) {
      await host[Symbol.asyncDispose]();
      throw error;
    }
  }

  /**
   * Answers a request to Convex's public API, or by its path to an HTTP action; as `identity`, if the request does not say
   * itself who sends it.
   */
  async fetch(
    path: string,
    init: RequestInit | undefined,
    { identity, isAdmin = false, client }: TestRequestSender,
  ): Promise<Response> {
    assertNotNested();
    const url = new URL(path, TEST_ORIGIN);
    const request = new Request(url, init);
    if ((identity !== null || isAdmin) && !request.headers.has('authorization')) {
      request.headers.set('authorization', this.#authorizationOf(identity));
    }
    const userAgent = client?.userAgent ?? null;
    if (userAgent !== null) request.headers.set('user-agent', userAgent);
    const routes = url.origin === API_ORIGIN ? this.#api : this.#site;
    return routes.fetch(request, noConnection(client?.ip));
  }

  #authorizationOf(identity: TestSender['identity']): string {
    if (identity === null) return `Convex ${this.#adminKey}`;
    const user = Buffer.from(JSON.stringify(identity)).toString('base64');
    return `Convex ${this.#adminKey}:${user}`;
  }

  /** Answers the function's value; throws what it threw. */
  async call({ kind, path, args = {} }: TestCall, sender: TestSender): Promise<unknown> {
    assertNotNested();
    this.#assertLoaded(path);
    try {
      const json = await this.host.call({
        kind,
        target: path,
        args: convexToJson(args),
        ...sender,
      });
      return jsonToConvex(json);
    } catch (error) {
      throw toThrownError(error);
    }
  }

  /** Runs a function of the test itself. */
  async runInline<Result>(
    kind: RegisteredFunction['kind'],
    work: (ctx: never) => Promise<Result>,
    sender: TestSender,
  ): Promise<Result> {
    assertNotNested();
    const { target, result } = inlineFunction(kind, work);
    try {
      await this.host.call({ kind, target, args: {}, ...sender });
    } catch (error) {
      throw toThrownError(error);
    }
    return result();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.host[Symbol.asyncDispose]();
  }

  #assertLoaded(path: string): void {
    const module = path.slice(0, path.lastIndexOf(':'));
    if (!this.#failures.has(module)) return;
    const cause = this.#failures.get(module);
    throw new TestError('MODULE_FAILED', `${module} could not be loaded: ${String(cause)}`, {
      cause,
    });
  }
}

/** A transaction that waits for another one to begin would wait for ever. */
function assertNotNested(): void {
  const execution = currentExecution.getStore();
  if (!(execution instanceof Execution) || execution.state === null) return;
  throw new TestError(
    'NESTED_CALL',
    `The test backend was called inside ${execution.path}, whose transaction is open. Use ctx there: ctx.db, ctx.runQuery, ctx.runMutation.`,
  );
}
