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

/** Where the requests of tests seem to go; nothing listens there. */
const ORIGIN = 'https://test.convex.site';

/** A call of a test to a function that is deployed. */
export interface TestCall {
  kind: RegisteredFunction['kind'];
  /** `folder/module:export` */
  path: string;
  args: Record<string, Value> | undefined;
}

/** Who calls, and from where. */
export type TestSender = Pick<FunctionCall, 'identity' | 'client'>;

export interface TestHostOptions extends InProcessHostOptions {
  adminKey: string;
}

/** Requests of tests come on none. */
function noConnection(ip: string | null = null): PortEnv['Bindings'] {
  return { ip, disconnect() {} };
}

/** The functions of a test over a database of their own, and the deployment's HTTP routes without sockets. */
export class TestHost implements AsyncDisposable {
  readonly adminKey: string;
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
    this.adminKey = adminKey;
    this.#failures = failures;
    const access = {
      isAdminKey: (candidate: string) => isAdminKey(candidate, this.adminKey),
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

  /** What Convex's public API answers. */
  async fetchApi(request: Request): Promise<Response> {
    return this.#api.fetch(request, noConnection());
  }

  /** Calls an HTTP action, as a user if the request does not say who sends it. */
  async fetch(
    path: string,
    init: RequestInit | undefined,
    { identity, client }: TestSender,
  ): Promise<Response> {
    assertNotNested();
    const request = new Request(new URL(path, ORIGIN), init);
    if (identity !== null && !request.headers.has('authorization')) {
      const user = Buffer.from(JSON.stringify(identity)).toString('base64');
      request.headers.set('authorization', `Convex ${this.adminKey}:${user}`);
    }
    const userAgent = client?.userAgent ?? null;
    if (userAgent !== null) request.headers.set('user-agent', userAgent);
    return this.#site.fetch(request, noConnection(client?.ip));
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
