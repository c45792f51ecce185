import { describe, expect, test, vi } from 'vitest';
import { CRPCError } from '../errors/crpc-error.ts';
import type { CallEvent, CallHooks, CallInterceptor } from './call-hooks.ts';
import { systemClock } from './system-clock.ts';
import {
  countingAuth,
  deploy,
  headers,
  refused,
  success,
  thrown,
} from './scripted-deployment.fixture.ts';

/** Hooks that write down what they are told. */
function recorder(): Required<CallHooks> & { events: [string, CallEvent][] } {
  const events: [string, CallEvent][] = [];
  const note =
    (name: string) =>
    (event: CallEvent): void =>
      void events.push([name, event]);
  return { events, onRequest: note('request'), onSuccess: note('success'), onError: note('error') };
}

const NOT_FOUND = thrown(new CRPCError({ code: 'NOT_FOUND', message: 'gone' }));
const redirect = Object.assign(new Error('NEXT_REDIRECT'), { digest: 'NEXT_REDIRECT;/login' });
const BATCH = { json: { results: [success([]).json, success([]).json] } };

describe('hooks', () => {
  test('see a call that succeeds', async () => {
    await using deployment = await deploy(() => success('u1'));
    const { events, ...hooks } = recorder();
    let time = 0;
    const clock = { ...systemClock, now: () => (time += 10) };
    const { caller } = await deployment.factory({ ...hooks, clock }).createContext(headers());
    const input = { name: 'Ada' };
    await caller.user.create(input);
    const call = {
      path: 'user.create',
      kind: 'mutation',
      input,
      requestId: expect.stringMatching(/^[0-9a-f]{16}$/),
    };
    expect(events).toEqual([
      ['request', { ...call, attempt: 1, durationMs: 10 }],
      ['success', { ...call, attempt: 1, durationMs: 20, output: 'u1' }],
    ]);
    expect(events[0]?.[1].input).toBe(input);
    expect(deployment.requests[0]?.headers['convex-request-id']).toBe(events[1]?.[1].requestId);
  });

  test('see one that fails, with the origin of its error', async () => {
    const answers = ['reset', NOT_FOUND, refused('BadJsonBody', 400)] as const;
    await using deployment = await deploy((_request, index) => answers[index] ?? 'hang');
    const { events, ...hooks } = recorder();
    const { caller } = await deployment.factory(hooks).createContext(headers());
    for (const _answer of answers) {
      await expect(caller.user.list({})).rejects.toBeInstanceOf(CRPCError);
    }
    await expect(caller.user.list('Ada' as never)).rejects.toMatchObject({ code: 'BAD_REQUEST' });
    expect(events.filter(([name]) => name === 'error')).toMatchObject([
      ['error', { origin: 'network', error: { code: 'BAD_GATEWAY' }, attempt: 1 }],
      ['error', { origin: 'function', error: { code: 'NOT_FOUND' } }],
      ['error', { origin: 'platform', error: { code: 'BAD_REQUEST' } }],
      ['error', { origin: 'client', error: { code: 'BAD_REQUEST' }, attempt: 0, input: 'Ada' }],
    ]);
    expect(new Set(events.map(([, { requestId }]) => requestId)).size).toBe(4);
  });

  test('see each attempt, and the call once', async () => {
    await using deployment = await deploy((_request, index) =>
      index === 0 ? refused('InvalidAuthHeader') : success([]),
    );
    const { events, ...hooks } = recorder();
    const { createContext } = deployment.factory({ ...hooks, auth: countingAuth() });
    const { caller } = await createContext(headers());
    await caller.user.list({});
    expect(events.map(([name, { attempt }]) => [name, attempt])).toEqual([
      ['request', 1],
      ['request', 2],
      ['success', 2],
    ]);
    const ids = deployment.requests.map((request) => request.headers['convex-request-id']);
    expect(new Set(ids).size).toBe(1);
  });

  test('see a snapshot as one call', async () => {
    await using deployment = await deploy(() => BATCH);
    const { events, ...hooks } = recorder();
    const ctx = await deployment.factory(hooks).createContext(headers());
    const since = new Date(1);
    await ctx.snapshot((c) => [c.user.list({ since }), c.user.list()]);
    const input = [
      { path: 'user.list', input: { since } },
      { path: 'user.list', input: undefined },
    ];
    expect(events).toMatchObject([
      ['request', { path: 'snapshot', kind: 'snapshot', input, attempt: 1 }],
      ['success', { path: 'snapshot', kind: 'snapshot', input, output: [[], []] }],
    ]);
  });

  test('that throw or reject change no result; what they threw is printed', async () => {
    await using deployment = await deploy((_request, index) =>
      index === 0 ? success([]) : NOT_FOUND,
    );
    const printed = vi.spyOn(console, 'error').mockImplementation(() => {});
    const fail = (): never => {
      throw new Error('a hook of mine');
    };
    const reject = async (): Promise<void> => fail();
    const { createContext } = deployment.factory({
      onRequest: reject,
      onSuccess: fail,
      onError: () => {
        throw redirect;
      },
    });
    const { caller } = await createContext(headers());
    expect(await caller.user.list({})).toEqual([]);
    await expect(caller.user.list({})).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect.poll(() => printed.mock.calls.length).toBe(4);
    expect(printed.mock.calls.flat()).toContain(redirect);
  });

  test('are not told of what steers a framework', async () => {
    await using deployment = await deploy(() => refused('InvalidAuthHeader'));
    const { events, ...hooks } = recorder();
    const { createContext } = deployment.factory({
      ...hooks,
      auth: {
        getToken: async (_url, _headers, opts) => {
          if (opts !== undefined) throw redirect;
          return { token: 'stale' };
        },
      },
    });
    const { caller } = await createContext(headers());
    await expect(caller.user.list({})).rejects.toBe(redirect);
    expect(events.map(([name]) => name)).toEqual(['request']);
  });
});

describe('interceptors', () => {
  test('run around a call, the first one outermost', async () => {
    await using deployment = await deploy(() => success([]));
    const order: unknown[] = [];
    const named =
      (name: string): CallInterceptor =>
      async (call, next) => {
        order.push(`${name} in ${call.attempt}`);
        const output = await next();
        order.push(`${name} out ${call.attempt}`);
        return [output, name];
      };
    const { createContext } = deployment.factory({ interceptors: [named('a'), named('b')] });
    const { caller } = await createContext(headers());
    expect(await caller.user.list({})).toEqual([[[], 'b'], 'a']);
    expect(order).toEqual(['a in 0', 'b in 0', 'b out 1', 'a out 1']);
  });

  test('may answer for the deployment, call again, or steer a framework', async () => {
    await using deployment = await deploy(() => NOT_FOUND);
    const { events, ...hooks } = recorder();
    const answers: CallInterceptor[] = [
      async () => 'cached',
      (_call, next) => next().catch(next),
      async (_call, next) => {
        await next().catch(() => {});
        throw redirect;
      },
    ];
    const outcomes = [];
    for (const interceptor of answers) {
      const { createContext } = deployment.factory({ ...hooks, interceptors: [interceptor] });
      const { caller } = await createContext(headers());
      outcomes.push(await caller.user.list({}).catch((error: unknown) => error));
    }
    expect(outcomes).toMatchObject(['cached', { code: 'NOT_FOUND' }, redirect]);
    expect(outcomes[2]).toBe(redirect);
    expect(deployment.requests).toHaveLength(3);
    expect(events.map(([name]) => name)).toEqual([
      'success',
      'request',
      'request',
      'error',
      'request',
    ]);
  });

  test('send headers, but none of the caller’s own', async () => {
    await using deployment = await deploy(() => success([]));
    const { createContext } = deployment.factory({
      auth: countingAuth(),
      interceptors: [
        (call, next) => {
          call.headers.set('X-Shop', 'north');
          for (const name of [
            'Authorization',
            'Content-Type',
            'Convex-Client',
            'Convex-Request-Id',
          ])
            call.headers.set(name, 'forged');
          return next();
        },
      ],
    });
    const { caller } = await createContext(headers());
    await caller.user.list({});
    const [request] = deployment.requests;
    expect(request?.headers).toMatchObject({ 'x-shop': 'north', authorization: 'Bearer t1' });
    expect(Object.values(request?.headers ?? {})).not.toContain('forged');
    const anonymous = deployment.factory({
      interceptors: [
        (call, next) => {
          call.headers.set('Authorization', 'forged');
          return next();
        },
      ],
    });
    await (await anonymous.createContext(headers())).caller.user.list({});
    expect(deployment.requests[1]?.headers.authorization).toBeUndefined();
  });

  test('that throw at once reject the call', async () => {
    await using deployment = await deploy(() => success([]));
    const error = new RangeError('mine');
    const { events, ...hooks } = recorder();
    const interceptor = (): never => {
      throw error;
    };
    const { createContext } = deployment.factory({ ...hooks, interceptors: [interceptor] });
    const { caller } = await createContext(headers());
    await expect(caller.user.list({})).rejects.toBe(error);
    expect(events).toMatchObject([['error', { error, origin: 'client', attempt: 0 }]]);
    expect(deployment.requests).toHaveLength(0);
  });
});

test('unwatched calls send no request id', async () => {
  await using deployment = await deploy(() => success([]));
  const { caller } = await deployment.factory().createContext(headers());
  await caller.user.list({});
  expect(deployment.requests[0]?.headers).not.toHaveProperty('convex-request-id');
});
