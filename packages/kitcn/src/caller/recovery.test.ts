import { describe, expect, test } from 'vitest';
import { CRPCError } from '../errors/crpc-error.ts';
import type { Clock } from '../shared/clock.ts';
import {
  CALLS,
  countingAuth,
  deploy,
  failure,
  headers,
  later,
  refused,
  success,
  thrown,
} from './scripted-deployment.fixture.ts';
import type { Reply } from './scripted-deployment.fixture.ts';

/** A clock on which every wait is over at once, and how long they would have been. */
function hurriedClock(now = 0): { clock: Clock; waits: number[] } {
  const waits: number[] = [];
  const clock: Clock = {
    now: () => now,
    after(ms, callback) {
      waits.push(ms);
      const timer = setTimeout(callback);
      return () => clearTimeout(timer);
    },
  };
  return { clock, waits };
}

const AMBIGUOUS: [string, Reply | 'reset'][] = [
  ['reset', 'reset'],
  ['500', refused('InternalServerError', 500)],
  ['502 of a proxy', { status: 502, text: '<html>' }],
  ['503', refused('OptimisticConcurrencyControlFailure', 503)],
  ['504 of a proxy', { status: 504, text: '' }],
  ['429', refused('TooManyConcurrentRequests', 429)],
];

describe('an ambiguous failure', () => {
  const cells = AMBIGUOUS.flatMap(([name, answer]) =>
    CALLS.map(([type, call]) => [name, type, answer, call] as const),
  );

  test.each(cells)('%s, %s, retries of the factory', async (_name, type, answer, call) => {
    await using deployment = await deploy((_request, index) => (index < 2 ? answer : success([])));
    const { clock, waits } = hurriedClock();
    const outcome = await call(deployment.factory({ retries: 2, clock, random: () => 1 })).catch(
      (error: unknown) => error,
    );
    const isQuery = type === 'query';
    expect(deployment.requests).toHaveLength(isQuery ? 3 : 1);
    expect(waits).toEqual(isQuery ? [100, 200] : []);
    expect(outcome instanceof CRPCError).toBe(!isQuery);
  });

  test('without the option is thrown at once', async () => {
    await using deployment = await deploy(() => 'reset');
    const { caller } = await deployment.factory().createContext(headers());
    await expect(caller.user.list({})).rejects.toMatchObject({ code: 'BAD_GATEWAY' });
    expect(deployment.requests).toHaveLength(1);
  });

  test('is thrown in the end, and the option of the call wins', async () => {
    await using deployment = await deploy(() => refused('Overloaded', 503));
    const { clock } = hurriedClock();
    const { caller } = await deployment.factory({ retries: 5, clock }).createContext(headers());
    const call = caller.user.list({}, { retries: 1 });
    await expect(call).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE' });
    expect(deployment.requests).toHaveLength(2);
  });
});

describe('what is certain is not tried again', () => {
  test.each<[string, Reply]>([
    ['a CRPCError', thrown(new CRPCError({ code: 'INTERNAL_SERVER_ERROR' }))],
    ['any other error', failure('[Request ID: 1f] Server Error')],
    ['a refusal', refused('BadJsonBody', 400)],
  ])('%s', async (_name, answer) => {
    await using deployment = await deploy(() => answer);
    const { caller } = await deployment.factory({ retries: 3 }).createContext(headers());
    await caller.user.list({}).catch(() => {});
    expect(deployment.requests).toHaveLength(1);
  });
});

describe('Retry-After', () => {
  const overloaded = (retryAfter: string): Reply => ({
    ...refused('Overloaded', 503),
    headers: { 'Retry-After': retryAfter },
  });

  test.each([
    ['7', 7000],
    ['Thu, 01 Jan 1970 00:01:00 GMT', 59_000],
    ['0', 100],
  ])('%s: waits %d ms', async (header, ms) => {
    await using deployment = await deploy((_request, index) =>
      index === 0 ? overloaded(header) : success([]),
    );
    const { clock, waits } = hurriedClock(1000);
    const { createContext } = deployment.factory({ retries: 1, clock, random: () => 1 });
    const { caller } = await createContext(headers());
    await caller.user.list({});
    expect(waits).toEqual([ms]);
  });

  test('an hour: thrown at once, and the error says how long', async () => {
    await using deployment = await deploy(() => overloaded('3600'));
    const { caller } = await deployment.factory({ retries: 1 }).createContext(headers());
    await expect(caller.user.list({})).rejects.toMatchObject({
      data: { code: 'Overloaded', retryAfterMs: 3_600_000 },
    });
    expect(deployment.requests).toHaveLength(1);
  });
});

test('retries and the replay with a newer token add up', async () => {
  const answers = ['reset', refused('InvalidAuthHeader'), 'reset'] as const;
  await using deployment = await deploy((_request, index) => answers[index] ?? success([]));
  const { clock } = hurriedClock();
  const auth = countingAuth();
  const { caller } = await deployment.factory({ auth, retries: 2, clock }).createContext(headers());
  await caller.user.list({});
  expect(deployment.requests.map((request) => request.headers.authorization)).toEqual([
    'Bearer t1',
    'Bearer t1',
    'Bearer t2',
    'Bearer t2',
  ]);
});

test('a call that is aborted while it waits sends nothing more', async () => {
  await using deployment = await deploy(() => 'reset');
  const waiting = later<void>();
  let isStopped = false;
  const clock: Clock = {
    now: () => 0,
    after() {
      waiting.resolve();
      return () => (isStopped = true);
    },
  };
  const controller = new AbortController();
  const { caller } = await deployment.factory({ retries: 1, clock }).createContext(headers());
  const call = caller.user.list({}, { signal: controller.signal }).catch((error: unknown) => error);
  await waiting.promise;
  controller.abort();
  expect(await call).toMatchObject({ code: 'CLIENT_CLOSED_REQUEST' });
  expect(isStopped).toBe(true);
  expect(deployment.requests).toHaveLength(1);
});

test('timeoutMs goes by the clock too', async () => {
  await using deployment = await deploy(() => 'hang');
  const timers: [number, () => void][] = [];
  const clock: Clock = {
    now: () => 0,
    after(ms, callback) {
      timers.push([ms, callback]);
      return () => {};
    },
  };
  const { caller } = await deployment.factory({ clock }).createContext(headers());
  const call = caller.user.list({}, { timeoutMs: 3_600_000 }).catch((error: unknown) => error);
  const { hungUp } = await deployment.reached;
  const [[ms, end] = [0, (): void => {}]] = timers;
  end();
  expect([ms, await call]).toMatchObject([3_600_000, { code: 'TIMEOUT' }]);
  await hungUp;
});

describe('refused before anything is sent', () => {
  test.each([{ retries: 1 }, { dedupe: true }])('%j of a mutation', async (options) => {
    await using deployment = await deploy(() => success([]));
    const { caller } = await deployment.factory().createContext(headers());
    const call = caller.user.create({ name: 'Ada' }, options as object);
    await expect(call).rejects.toMatchObject({ code: 'BAD_REQUEST', origin: 'client' });
    await expect(call).rejects.toThrowError(/user.create is no query/);
    expect(deployment.requests).toHaveLength(0);
  });

  test('a number of retries that is none', async () => {
    await using deployment = await deploy(() => success([]));
    const { caller } = await deployment.factory().createContext(headers());
    await expect(caller.user.list({}, { retries: -1 })).rejects.toMatchObject({
      code: 'BAD_REQUEST',
    });
    const factory = deployment.factory({ retries: 0.5 });
    await expect(factory.createContext(headers())).rejects.toThrowError(/retries must be/);
  });
});
