import { createServer } from 'node:http';
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ConvexError, convexToJson } from 'convex/values';
import type { Value } from 'convex/values';
import { describe, expect, test } from 'vitest';
import type { ApiLeaf } from '../api/api-function.ts';
import { createApi } from '../api/create-api.ts';
import { CRPCError } from '../errors/crpc-error.ts';
import { createCodec } from '../wire/codec.ts';
import { toErrorPayload } from '../wire/error-payload.ts';
import { createCallerFactory } from './create-caller-factory.ts';
import type { CallerFactory, CreateCallerFactoryOptions } from './create-caller-factory.ts';
import type { TokenResult } from './token-source.ts';

interface Api {
  user: {
    list: ApiLeaf<'query', { since?: Date }, { name: string; at: Date }[]>;
    create: ApiLeaf<'mutation', { name: string; bag?: unknown }, string>;
  };
  jobs: { reindex: ApiLeaf<'action', { force?: boolean }, null> };
}

const api = createApi<Api>({
  user: { list: { type: 'query' }, create: { type: 'mutation' } },
  jobs: { reindex: { type: 'action' } },
});

interface SeenRequest {
  url: string;
  headers: IncomingHttpHeaders;
  body: unknown;
  /** Resolves when the client hung up before there was an answer. */
  hungUp: Promise<void>;
}

interface Reply {
  status?: number;
  json?: unknown;
  text?: string;
}
/** What a deployment answers, or what happens to the connection instead. */
type Script = (request: SeenRequest, index: number) => Reply | 'hang' | 'reset';

interface Deployment extends AsyncDisposable {
  readonly siteUrl: string;
  readonly requests: SeenRequest[];
  /** Resolves with the first request. */
  readonly reached: Promise<SeenRequest>;
  factory(options?: Partial<CreateCallerFactoryOptions<Api>>): CallerFactory<Api>;
}

function later<T>(): { promise: Promise<T>; resolve: (value: T) => void } {
  let resolve = (_value: T): void => {};
  const promise = new Promise<T>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}

/** A deployment over real HTTP that does as the script says and counts what reaches it. */
async function deploy(script: Script): Promise<Deployment> {
  const requests: SeenRequest[] = [];
  const reached = later<SeenRequest>();
  const server = createServer(async (incoming, outgoing) => {
    const hungUp = new Promise<void>((resolve) => outgoing.on('close', resolve));
    const { url = '', headers } = incoming;
    const request = { url, headers, body: await readJson(incoming), hungUp };
    requests.push(request);
    reached.resolve(request);
    reply(outgoing, script(request, requests.length - 1));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const siteUrl = `http://127.0.0.1:${port + 1}`;
  return {
    siteUrl,
    requests,
    reached: reached.promise,
    factory: (options) => createCallerFactory({ api, convexSiteUrl: siteUrl, ...options }),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function readJson(incoming: IncomingMessage): Promise<unknown> {
  let text = '';
  for await (const chunk of incoming) text += String(chunk);
  return JSON.parse(text);
}

function reply(outgoing: ServerResponse, answer: Reply | 'hang' | 'reset'): void {
  if (answer === 'hang') return;
  if (answer === 'reset') return void outgoing.destroy();
  const { status = 200, json, text = JSON.stringify(json) } = answer;
  outgoing.writeHead(status, { 'Content-Type': 'application/json' }).end(text);
}

const success = (value: Value): Reply => ({
  json: { status: 'success', value: convexToJson(value) },
});
const failure = (errorMessage: string, errorData?: Value): Reply => ({
  json: {
    status: 'error',
    errorMessage,
    ...(errorData !== undefined && { errorData: convexToJson(errorData) }),
  },
});
const thrown = (error: CRPCError): Reply =>
  failure('[Request ID: 1f] Server Error', toErrorPayload(error, createCodec().output));
const refused = (code: string, status = 401): Reply => ({
  status,
  json: { code, message: 'Could not verify the token' },
});
const UNAUTHORIZED = thrown(new CRPCError({ code: 'UNAUTHORIZED' }));

const authorizations = (deployment: Deployment): unknown[] =>
  deployment.requests.map(({ headers }) => headers.authorization);

const headers = (entries?: Record<string, string>): { headers: Headers } => ({
  headers: new Headers(entries),
});

/** Hands out `t1`, `t2`, … and remembers how it was asked. */
function countingAuth(isFresh?: boolean): {
  asked: unknown[];
  getToken: (siteUrl: string, headers: Headers, opts?: unknown) => Promise<TokenResult>;
} {
  const asked: unknown[] = [];
  return {
    asked,
    getToken: async (siteUrl, _headers, opts) => {
      asked.push([siteUrl, opts]);
      return { token: `t${asked.length}`, isFresh };
    },
  };
}

const CALLS = [
  [
    'query',
    (f: CallerFactory<Api>) => f.createContext(headers()).then((c) => c.caller.user.list({})),
  ],
  [
    'mutation',
    (f: CallerFactory<Api>) =>
      f.createContext(headers()).then((c) => c.caller.user.create({ name: 'Ada' })),
  ],
  [
    'action',
    (f: CallerFactory<Api>) => f.createContext(headers()).then((c) => c.caller.jobs.reindex()),
  ],
] as const;

describe('one request', () => {
  test('is what the HTTP API of Convex asks for', async () => {
    await using deployment = await deploy(() => success('id'));
    const { caller } = await deployment.factory().createContext(headers());
    await caller.user.create({ name: 'Ada', bag: 3n });
    await caller.jobs.reindex();
    expect(deployment.requests).toMatchObject([
      {
        url: '/api/mutation',
        headers: {
          'content-type': 'application/json',
          'convex-client': expect.stringMatching(/^[a-z]+-\d+\.\d+\.\d+$/),
        },
        body: {
          path: 'user:create',
          format: 'convex_encoded_json',
          args: [{ name: 'Ada', bag: { $integer: 'AwAAAAAAAAA=' } }],
        },
      },
      { url: '/api/action', body: { path: 'jobs:reindex', args: [{}] } },
    ]);
  });

  test('carries Dates both ways', async () => {
    const at = new Date(1_700_000_000_123);
    await using deployment = await deploy(() =>
      success([{ name: 'Ada', at: { __crpc_Date: +at } }]),
    );
    const { caller } = await deployment.factory().createContext(headers());
    const users = await caller.user.list({ since: at });
    expect(users).toEqual([{ name: 'Ada', at }]);
    expect(users[0]?.at).toBeInstanceOf(Date);
    expect(deployment.requests[0]?.body).toMatchObject({ args: [{ since: { __crpc_Date: +at } }] });
  });

  test('goes through the transformer, each direction through its own', async () => {
    await using deployment = await deploy(({ body }) => {
      const [input] = (body as { args: Value[] }).args;
      return success({ __crpc_Custom: { from: 'server', input: JSON.stringify(input) } });
    });
    const { caller } = await deployment
      .factory({
        transformer: {
          input: { serialize: (value) => ({ sent: value }), deserialize: (value) => value },
          output: { serialize: (value) => value, deserialize: (value) => ({ got: value }) },
        },
      })
      .createContext(headers());
    expect(await caller.user.create({ name: 'Ada' })).toEqual({
      got: { from: 'server', input: '{"__crpc_Custom":{"sent":{"name":"Ada"}}}' },
    });
  });

  test('uses the fetch that it was given', async () => {
    const urls: string[] = [];
    const { createContext } = createCallerFactory({
      api,
      convexSiteUrl: 'https://happy-otter-12.convex.site',
      fetch: async (url) => {
        urls.push(url);
        return Response.json(success('id').json);
      },
    });
    const { caller } = await createContext(headers());
    expect(await caller.user.create({ name: 'Ada' })).toBe('id');
    expect(urls).toEqual(['https://happy-otter-12.convex.cloud/api/mutation']);
  });
});

describe('refused before anything is sent', () => {
  test.each<[string, unknown, string]>([
    ['an unsupported value', { name: 'x', bag: { a: [new Map()] } }, 'Cannot send bag.a[0]: a Map'],
    ['an invalid Date', { name: 'x', bag: new Date(NaN) }, 'Cannot send bag: an invalid Date'],
    ['a string', 'Ada', 'user.create takes an object as its input'],
    ['null', null, 'user.create takes an object as its input'],
    ['an array', [{ name: 'Ada' }], 'user.create takes an object as its input'],
    ['a Date', new Date(0), 'user.create takes an object as its input'],
  ])('%s', async (_name, input, message) => {
    await using deployment = await deploy(() => success(null));
    const { caller } = await deployment.factory().createContext(headers());
    const error = await caller.user.create(input as never).catch((caught: unknown) => caught);
    expect(error).toMatchObject({ code: 'BAD_REQUEST', origin: 'client' });
    expect((error as Error).message).toContain(message);
    expect(deployment.requests).toHaveLength(0);
  });

  test('a site URL that is missing or not a site: at the first context, not at import', async () => {
    const missing = createCallerFactory({ api, convexSiteUrl: undefined as never });
    await expect(missing.createContext(headers())).rejects.toThrowError(
      /convexSiteUrl is missing. Set NEXT_PUBLIC_CONVEX_SITE_URL/,
    );
    const cloud = createCallerFactory({ api, convexSiteUrl: 'https://x.convex.cloud' });
    await expect(cloud.createContext(headers())).rejects.toThrowError(/https:\/\/x.convex.site/);
  });
});

describe('errors', () => {
  const call = async (answer: Reply | 'reset'): Promise<unknown> => {
    await using deployment = await deploy(() => answer);
    const { caller } = await deployment.factory().createContext(headers());
    const error = await caller.user.list({}).catch((caught: unknown) => caught);
    expect(deployment.requests).toHaveLength(1);
    return error;
  };

  test('a CRPCError arrives as it was thrown, with the status of old deployments too', async () => {
    const original = new CRPCError({
      code: 'NOT_FOUND',
      message: 'No such user',
      data: { id: 'u1', since: new Date(5), tags: ['a'] },
    });
    expect(await call(thrown(original))).toEqual(original);
    expect(await call({ status: 560, ...thrown(original) })).toEqual(original);
  });

  test("a user's ConvexError is INTERNAL_SERVER_ERROR; the error itself is the cause", async () => {
    const error = await call(
      failure('[Request ID: 1f] Server Error', { code: 'NOT_FOUND', n: 3n }),
    );
    expect(error).toMatchObject({ code: 'INTERNAL_SERVER_ERROR', origin: 'function' });
    const { cause } = error as CRPCError;
    expect(cause).toBeInstanceOf(ConvexError);
    expect(cause).toMatchObject({ data: { code: 'NOT_FOUND', n: 3n } });
  });

  test.each([
    [
      '[Request ID: 1f] Server Error\nArgumentValidationError: Object is missing the required field `id`.\n\nObject: {}',
      {
        code: 'BAD_REQUEST',
        origin: 'platform',
        message:
          'The deployment refused the arguments of user:list: Object is missing the required field `id`.',
      },
    ],
    [
      '[Request ID: 1f] Server Error\nArgumentValidationError: Value does not match validator.\nPath: .name\nValue: 7.0\nValidator: v.string()',
      {
        code: 'BAD_REQUEST',
        origin: 'platform',
        message:
          'The deployment refused the arguments of user:list: Value does not match validator. Path: name',
      },
    ],
    [
      "[Request ID: 1f] Server Error\nCould not find public function for 'user:list'.",
      {
        code: 'NOT_FOUND',
        origin: 'platform',
        message:
          'The deployment has no public function user:list. It may be internal, or not pushed yet.',
      },
    ],
    [
      '[Request ID: 1f] Server Error\nUncaught Error: ArgumentValidationError: password was hunter2',
      {
        code: 'INTERNAL_SERVER_ERROR',
        origin: 'function',
        message: 'user:list failed (request 1f)',
      },
    ],
    [
      '[Request ID: 1f] Server Error',
      {
        code: 'INTERNAL_SERVER_ERROR',
        origin: 'function',
        message: 'user:list failed (request 1f)',
      },
    ],
    [
      'Something else',
      { code: 'INTERNAL_SERVER_ERROR', origin: 'function', message: 'user:list failed' },
    ],
  ])('the text %j', async (text, expected) => {
    const error = await call(failure(text));
    expect(error).toMatchObject({ ...expected, cause: { message: text } });
  });

  test.each([
    [401, 'Unauthenticated', 'UNAUTHORIZED'],
    [401, 'InvalidAuthHeader', 'UNAUTHORIZED'],
    [400, 'BadJsonBody', 'BAD_REQUEST'],
    [403, 'BadDeployKey', 'FORBIDDEN'],
    [429, 'TooManyConcurrentRequests', 'TOO_MANY_REQUESTS'],
    [500, 'InternalServerError', 'INTERNAL_SERVER_ERROR'],
    [503, 'OptimisticConcurrencyControlFailure', 'SERVICE_UNAVAILABLE'],
  ])('the deployment refuses with %d %s: %s', async (status, platformCode, code) => {
    expect(await call(refused(platformCode, status))).toMatchObject({
      code,
      origin: 'platform',
      message: 'Could not verify the token',
      data: { code: platformCode },
    });
  });

  test.each<[Reply | 'reset', string]>([
    ['reset', 'BAD_GATEWAY'],
    [{ status: 404, text: 'No matching routes found' }, 'NOT_FOUND'],
    [{ status: 401, text: '<html>Log in</html>' }, 'UNAUTHORIZED'],
    [{ status: 502, text: '' }, 'BAD_GATEWAY'],
    [{ status: 200, text: '<html>' }, 'BAD_GATEWAY'],
    [{ status: 200, json: { ok: true } }, 'BAD_GATEWAY'],
    [{ status: 200, json: { status: 'success' } }, 'BAD_GATEWAY'],
  ])('%j is no answer of a deployment', async (answer, code) => {
    expect(await call(answer)).toMatchObject({ code, origin: 'network' });
  });

  test('nobody listens: SERVICE_UNAVAILABLE', async () => {
    const deployment = await deploy(() => success(null));
    const { caller } = await deployment.factory().createContext(headers());
    await deployment[Symbol.asyncDispose]();
    await expect(caller.user.list({})).rejects.toMatchObject({
      code: 'SERVICE_UNAVAILABLE',
      origin: 'network',
      cause: expect.anything(),
    });
  });
});

describe('tokens', () => {
  test('without auth nothing of the headers is forwarded', async () => {
    await using deployment = await deploy(() => success([]));
    const context = await deployment
      .factory()
      .createContext(headers({ authorization: 'Bearer theirs', cookie: 'a=1' }));
    await context.caller.user.list({});
    expect([context.token, context.isAuthenticated]).toEqual([undefined, false]);
    expect(authorizations(deployment)).toEqual([undefined]);
    expect(deployment.requests[0]?.headers.cookie).toBeUndefined();
  });

  test('getToken is called once for a Headers object, whatever is made of it', async () => {
    await using deployment = await deploy(() => success([]));
    const auth = countingAuth();
    const { createContext } = deployment.factory({ auth });
    const request = headers();
    const [first, second] = await Promise.all([createContext(request), createContext(request)]);
    await Promise.all([first.caller.user.list({}), second.caller.user.list({})]);
    expect(auth.asked).toEqual([[deployment.siteUrl, undefined]]);
    expect([first.token, first.isAuthenticated]).toEqual(['t1', true]);
    const other = await createContext(headers());
    expect(other.token).toBe('t2');
    expect(auth.asked).toHaveLength(2);
  });

  test('two requests never share one, whatever the order of their calls', async () => {
    await using deployment = await deploy(({ headers: { authorization } }, index) =>
      index % 3 === 0 ? refused('InvalidAuthHeader') : success([{ who: authorization ?? null }]),
    );
    const byUser = deployment.factory({
      auth: {
        getToken: async (_siteUrl, requestHeaders, opts) => {
          await new Promise((resolve) => setTimeout(resolve, Math.random() * 3));
          return {
            token: `${requestHeaders.get('user')}${opts === undefined ? '' : '-refreshed'}`,
          };
        },
      },
    });
    const users = Array.from({ length: 12 }, (_, index) => `u${index}.`);
    const seen = await Promise.all(
      users.map(async (user) => {
        const { caller } = await byUser.createContext(headers({ user }));
        const calls = await Promise.allSettled([caller.user.list({}), caller.user.list({})]);
        return calls.flatMap((call) => (call.status === 'fulfilled' ? call.value : []));
      }),
    );
    seen.forEach((answers, index) => {
      for (const { who } of answers as unknown as { who: string }[]) {
        expect(who.startsWith(`Bearer ${users[index]}`)).toBe(true);
      }
    });
  });

  test('twenty calls with a stale token cause one refresh', async () => {
    await using deployment = await deploy(({ headers: { authorization } }) =>
      authorization === 'Bearer t1' ? refused('InvalidAuthHeader') : success([]),
    );
    const auth = countingAuth();
    const context = await deployment.factory({ auth }).createContext(headers());
    await Promise.all(Array.from({ length: 20 }, () => context.caller.user.list({})));
    expect(auth.asked).toEqual([
      [deployment.siteUrl, undefined],
      [deployment.siteUrl, { forceRefresh: true }],
    ]);
    expect(deployment.requests).toHaveLength(40);
    expect(context.token).toBe('t2');
    await context.caller.user.list({});
    expect(deployment.requests).toHaveLength(41);
  });

  test('a call that was sent with an older token replays with the newer one', async () => {
    const late = later<void>();
    await using deployment = await deploy(({ headers: { authorization } }) =>
      authorization === 'Bearer t1' ? refused('InvalidAuthHeader') : success([]),
    );
    const auth = countingAuth();
    let sent = 0;
    const slowFirst = async (url: string, init: RequestInit): Promise<Response> => {
      const response = await fetch(url, init);
      if (sent++ === 0) await late.promise;
      return response;
    };
    const { caller } = await deployment
      .factory({ auth, fetch: slowFirst })
      .createContext(headers());
    const slow = caller.user.list({});
    await deployment.reached;
    await caller.user.list({});
    late.resolve();
    await slow;
    expect(auth.asked).toHaveLength(2);
  });

  test('a refresh that fails rejects the call with its cause', async () => {
    await using deployment = await deploy(() => refused('InvalidAuthHeader'));
    const cause = new Error('the auth server is down');
    const { caller } = await deployment
      .factory({
        auth: {
          getToken: async (_siteUrl, _headers, opts) => {
            if (opts !== undefined) throw cause;
            return { token: 'stale' };
          },
        },
      })
      .createContext(headers());
    await expect(caller.user.list({})).rejects.toMatchObject({ message: 'getToken failed', cause });
  });

  test('redirect() in getToken passes untouched', async () => {
    await using deployment = await deploy(() => success([]));
    const redirect = Object.assign(new Error('NEXT_REDIRECT'), { digest: 'NEXT_REDIRECT;/login' });
    const { createContext } = deployment.factory({
      auth: {
        getToken: async () => {
          throw redirect;
        },
      },
    });
    await expect(createContext(headers())).rejects.toBe(redirect);
  });

  test('skipUnauth makes a refusal null, and nothing else', async () => {
    const answers = [
      UNAUTHORIZED,
      refused('NoAuthProvider'),
      thrown(new CRPCError({ code: 'FORBIDDEN' })),
    ];
    await using deployment = await deploy((_request, index) => answers[index] ?? success([]));
    const { caller } = await deployment.factory().createContext(headers());
    expect(await caller.user.list({}, { skipUnauth: true })).toBeNull();
    expect(await caller.user.list(undefined, { skipUnauth: true })).toBeNull();
    await expect(caller.user.list({}, { skipUnauth: true })).rejects.toMatchObject({
      code: 'FORBIDDEN',
    });
    expect(await caller.user.list({}, { skipUnauth: true })).toEqual([]);
  });
});

describe('the replay table', () => {
  const failures: Record<string, Reply | 'reset'> = {
    refused: refused('InvalidAuthHeader'),
    'threw UNAUTHORIZED': UNAUTHORIZED,
    'threw FORBIDDEN': thrown(new CRPCError({ code: 'FORBIDDEN' })),
    'threw anything': failure('[Request ID: 1f] Server Error'),
    reset: 'reset',
    'overloaded (503)': refused('OptimisticConcurrencyControlFailure', 503),
    'a gateway (401 without a code)': { status: 401, text: 'Log in' },
  };
  const REPLAYED = { query: 2, mutation: 2, action: 2 };
  const ONCE = { query: 1, mutation: 1, action: 1 };
  const table: Record<string, Record<'query' | 'mutation' | 'action', number>> = {
    refused: REPLAYED,
    'threw UNAUTHORIZED': { query: 2, mutation: 2, action: 1 },
    'threw FORBIDDEN': ONCE,
    'threw anything': ONCE,
    reset: ONCE,
    'overloaded (503)': ONCE,
    'a gateway (401 without a code)': ONCE,
  };
  const cells = CALLS.flatMap(([type, call]) =>
    Object.entries(table).map(([name, row]) => [name, type, row[type], call] as const),
  );

  test.each(cells)('%s, %s: %d sent', async (name, _type, sent, call) => {
    await using deployment = await deploy((_request, index) =>
      index === 0 ? (failures[name] ?? 'hang') : success([]),
    );
    const auth = countingAuth();
    const outcome = await call(deployment.factory({ auth })).catch(() => 'thrown');
    expect(deployment.requests).toHaveLength(sent);
    expect(outcome === 'thrown').toBe(sent === 1);
    expect(auth.asked).toHaveLength(sent);
    expect(authorizations(deployment)).toEqual(['Bearer t1', 'Bearer t2'].slice(0, sent));
  });

  test.each(CALLS)('a fresh token, %s: one sent', async (_type, call) => {
    for (const answer of [refused('InvalidAuthHeader'), UNAUTHORIZED]) {
      await using deployment = await deploy(() => answer);
      const auth = countingAuth(true);
      await expect(call(deployment.factory({ auth }))).rejects.toMatchObject({
        code: 'UNAUTHORIZED',
      });
      expect(deployment.requests).toHaveLength(1);
      expect(auth.asked).toHaveLength(1);
    }
  });

  test.each(CALLS)('refused again, %s: two sent, then the error', async (_type, call) => {
    await using deployment = await deploy(() => refused('InvalidAuthHeader'));
    const auth = countingAuth();
    await expect(call(deployment.factory({ auth }))).rejects.toMatchObject({
      code: 'UNAUTHORIZED',
    });
    expect(deployment.requests).toHaveLength(2);
  });

  test('isUnauthorized widens what counts, but never to what the network broke', async () => {
    const isUnauthorized = (): boolean => true;
    for (const [answer, sent] of [
      [failures['threw FORBIDDEN'], 2],
      ['reset', 1],
      [failures['overloaded (503)'], 1],
    ] as const) {
      await using deployment = await deploy((_request, index) =>
        index === 0 ? (answer ?? 'hang') : success([]),
      );
      const auth = { ...countingAuth(), isUnauthorized };
      const { caller } = await deployment.factory({ auth }).createContext(headers());
      await caller.user.create({ name: 'Ada' }).catch(() => 'thrown');
      expect(deployment.requests).toHaveLength(sent);
    }
  });

  test('isUnauthorized narrows it too', async () => {
    await using deployment = await deploy(() => UNAUTHORIZED);
    const auth = { ...countingAuth(), isUnauthorized: () => false };
    const { caller } = await deployment.factory({ auth }).createContext(headers());
    await expect(caller.user.list({}, { skipUnauth: true })).rejects.toMatchObject({
      code: 'UNAUTHORIZED',
    });
    expect(deployment.requests).toHaveLength(1);
  });
});

describe('deadlines', () => {
  test('timeoutMs of the call or of the factory: TIMEOUT, and the socket is closed', async () => {
    for (const [factoryMs, callMs] of [
      [undefined, 30],
      [60_000, 30],
      [30, undefined],
    ]) {
      await using deployment = await deploy(() => 'hang');
      const { createContext } = deployment.factory({ timeoutMs: factoryMs });
      const { caller } = await createContext(headers());
      await expect(caller.user.list({}, { timeoutMs: callMs })).rejects.toMatchObject({
        code: 'TIMEOUT',
        origin: 'client',
      });
      await (
        await deployment.reached
      ).hungUp;
    }
  });

  test('an aborted signal of call, context or factory: CLIENT_CLOSED_REQUEST, socket closed', async () => {
    for (const place of ['call', 'context', 'factory']) {
      await using deployment = await deploy(() => 'hang');
      const controller = new AbortController();
      const signalAt = (name: string): { signal?: AbortSignal } =>
        place === name ? { signal: controller.signal } : {};
      const { createContext } = deployment.factory(signalAt('factory'));
      const { caller } = await createContext({ ...headers(), ...signalAt('context') });
      const outcome = caller.jobs.reindex({}, signalAt('call')).catch((error: unknown) => error);
      const { hungUp } = await deployment.reached;
      controller.abort('closed');
      expect(await outcome).toMatchObject({ code: 'CLIENT_CLOSED_REQUEST', cause: 'closed' });
      await hungUp;
    }
  });

  test('already aborted, nothing is sent and no token fetched', async () => {
    await using deployment = await deploy(() => success([]));
    const auth = countingAuth();
    const signal = AbortSignal.abort();
    const { createContext } = deployment.factory({ auth });
    await expect(createContext({ ...headers(), signal })).rejects.toMatchObject({
      code: 'CLIENT_CLOSED_REQUEST',
    });
    expect(auth.asked).toHaveLength(0);
    const { caller } = await createContext(headers());
    await expect(caller.user.list({}, { signal })).rejects.toMatchObject({
      code: 'CLIENT_CLOSED_REQUEST',
    });
    expect(deployment.requests).toHaveLength(0);
  });

  test('the first token and its refresh are under the deadline', async () => {
    await using deployment = await deploy(() => refused('InvalidAuthHeader'));
    const never = new Promise<never>(() => {});
    const hangs = deployment.factory({ timeoutMs: 20, auth: { getToken: () => never } });
    await expect(hangs.createContext(headers())).rejects.toMatchObject({ code: 'TIMEOUT' });

    const { caller } = await deployment
      .factory({
        auth: { getToken: async (_url, _headers, opts) => (opts ? never : { token: 'stale' }) },
      })
      .createContext(headers());
    await expect(caller.user.list({}, { timeoutMs: 20 })).rejects.toMatchObject({
      code: 'TIMEOUT',
    });
    expect(deployment.requests).toHaveLength(1);
  });

  test('a refresh that ends after the deadline sends nothing more', async () => {
    await using deployment = await deploy(() => refused('InvalidAuthHeader'));
    const refreshed = later<TokenResult>();
    const sent: string[] = [];
    const { createContext } = deployment.factory({
      fetch: (url, { signal: _ignored, ...init }) => {
        sent.push(url);
        return fetch(url, init);
      },
      auth: {
        getToken: async (_url, _headers, opts) => (opts ? refreshed.promise : { token: 'stale' }),
      },
    });
    const context = await createContext(headers());
    const { caller } = context;
    await expect(caller.user.create({ name: 'Ada' }, { timeoutMs: 50 })).rejects.toMatchObject({
      code: 'TIMEOUT',
    });
    refreshed.resolve({ token: 'fresh' });
    await expect.poll(() => context.token).toBe('fresh');
    await new Promise((resolve) => setTimeout(resolve));
    expect(sent).toHaveLength(1);
  });

  test('a fetch that ignores its signal does not hold the call', async () => {
    const { createContext } = createCallerFactory({
      api,
      convexSiteUrl: 'http://localhost:3211',
      fetch: () => new Promise(() => {}),
    });
    const { caller } = await createContext(headers());
    await expect(caller.user.list({}, { timeoutMs: 20 })).rejects.toMatchObject({
      code: 'TIMEOUT',
    });
  });
});

describe('createCaller', () => {
  test('calls over a context of its own each time, or one that the user caches', async () => {
    await using deployment = await deploy(() => success([]));
    const auth = countingAuth();
    const { createContext, createCaller } = deployment.factory({ auth });
    const caller = createCaller(() => createContext(headers()));
    await caller.user.list({});
    await caller.user.list({});
    expect(authorizations(deployment)).toEqual(['Bearer t1', 'Bearer t2']);

    const cached = createContext(headers());
    const cachedCaller = createCaller(() => cached);
    expect(await cachedCaller.isAuth()).toBe(true);
    expect(await cachedCaller.getToken()).toBe('t3');
    await cachedCaller.user.list({});
    expect(auth.asked).toHaveLength(3);
  });
});
