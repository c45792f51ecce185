import { AsyncLocalStorage } from 'node:async_hooks';
import { ConvexError } from 'convex/values';
import type { Value } from 'convex/values';
import { describe, expect, test } from 'vitest';
import { CRPCError } from '../errors/crpc-error.ts';
import { systemClock } from './system-clock.ts';
import { createCallerFactory } from './create-caller-factory.ts';
import {
  api,
  authorizations,
  CALLS,
  countingAuth,
  deploy,
  failure,
  headers,
  later,
  refused,
  success,
  thrown,
  UNAUTHORIZED,
} from './scripted-deployment.fixture.ts';
import type { Reply } from './scripted-deployment.fixture.ts';
import type { TokenResult } from './token-source.ts';

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

  test('a cursor of another query is BAD_REQUEST', async () => {
    const data = { isConvexSystemError: true, paginationError: 'InvalidCursor' };
    const error = await call(failure('[Request ID: 1f] Server Error', data));
    expect(error).toMatchObject({ code: 'BAD_REQUEST', origin: 'platform', cause: { data } });
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

  test('the headers of a Request are one object, so its contexts share a token', async () => {
    await using deployment = await deploy(() => success([]));
    const auth = countingAuth();
    const { createContext, createCaller } = deployment.factory({ auth });
    const request = new Request('http://localhost/users', { headers: { cookie: 'session=1' } });
    const context = await createContext({ headers: request.headers });
    const caller = createCaller(() => createContext({ headers: request.headers }));
    await Promise.all([context.caller.user.list({}), caller.user.list({}), caller.jobs.reindex()]);
    expect(await caller.getToken()).toBe('t1');
    expect(auth.asked).toHaveLength(1);
    await createContext({ headers: request.clone().headers });
    expect(auth.asked).toHaveLength(2);
  });

  test('a getToken that fails rejects every call with its cause, and is asked again', async () => {
    await using deployment = await deploy(() => success([]));
    const cause = new Error('the auth server is down');
    let asked = 0;
    const { createContext, createCaller } = deployment.factory({
      auth: {
        getToken: async () => {
          if (asked++ === 0) throw cause;
          return { token: 'late' };
        },
      },
    });
    const request = headers();
    const caller = createCaller(() => createContext(request));
    const failed = await Promise.allSettled([caller.user.list({}), caller.jobs.reindex()]);
    const rejected = { status: 'rejected', reason: { message: 'getToken failed', cause } };
    expect(failed).toMatchObject([rejected, rejected]);
    expect([asked, deployment.requests.length]).toEqual([1, 0]);
    await caller.user.list({});
    expect(authorizations(deployment)).toEqual(['Bearer late']);
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
    const context = await deployment.factory({ auth, dedupe: false }).createContext(headers());
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
      .factory({ auth, fetch: slowFirst, dedupe: false })
      .createContext(headers());
    const slow = caller.user.list({});
    await deployment.reached;
    await caller.user.list({});
    late.resolve();
    await slow;
    expect(auth.asked).toHaveLength(2);
  });

  test('a context that outlives its tokens refreshes each time one expires', async () => {
    let expired = 0;
    await using deployment = await deploy(({ headers: { authorization = '' } }) =>
      Number(authorization.slice('Bearer t'.length)) <= expired
        ? refused('InvalidAuthHeader')
        : success([]),
    );
    const auth = countingAuth();
    const context = await deployment.factory({ auth }).createContext(headers());
    for (const round of [1, 2, 3]) {
      await context.caller.user.list({});
      expect(context.token).toBe(`t${round}`);
      expired++;
    }
    expect(deployment.requests).toHaveLength(5);
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
      const timers: { ms: number; end: () => void }[] = [];
      const after = (ms: number, end: () => void): (() => void) => {
        timers.push({ ms, end });
        return () => {};
      };
      const clock = { ...systemClock, after };
      const { createContext } = deployment.factory({ timeoutMs: factoryMs, clock });
      const { caller } = await createContext(headers());
      const outcome = caller.user.list({}, { timeoutMs: callMs }).catch((error: unknown) => error);
      const { hungUp } = await deployment.reached;
      for (const { ms, end } of timers) if (ms === 30) end();
      expect(await outcome).toMatchObject({ code: 'TIMEOUT', origin: 'client' });
      await hungUp;
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

  test("with React's cache, which remembers for each request, a request has one context", async () => {
    await using deployment = await deploy(() => success([]));
    const auth = countingAuth();
    const { createContext, createCaller } = deployment.factory({ auth });
    const request = new AsyncLocalStorage<Map<unknown, unknown>>();
    // What `cache` of React does in a server component: one result for each request that is being rendered.
    const cache =
      <T>(make: () => T): (() => T) =>
      () => {
        const results = request.getStore() ?? new Map<unknown, unknown>();
        if (!results.has(make)) results.set(make, make());
        return results.get(make) as T; // Only `make` puts anything under `make`.
      };
    const caller = createCaller(cache(() => createContext(headers())));
    const page = async (): Promise<void> => {
      expect(await caller.isAuth()).toBe(true);
      expect(await caller.isUnauth()).toBe(false);
      await Promise.all([
        caller.user.list({}),
        caller.user.list({}),
        caller.user.create({ name: 'a' }),
      ]);
    };
    await Promise.all([request.run(new Map(), page), request.run(new Map(), page)]);
    expect(auth.asked).toHaveLength(2);
    expect(authorizations(deployment).sort()).toEqual([
      'Bearer t1',
      'Bearer t1',
      'Bearer t2',
      'Bearer t2',
    ]);
  });
});
