import { describe, expect, test } from 'vitest';
import {
  authorizations,
  countingAuth,
  deploy,
  headers,
  later,
  refused,
  success,
} from './scripted-deployment.fixture.ts';
import type { Deployment, Reply } from './scripted-deployment.fixture.ts';

const USERS = [{ name: 'Ada', at: { __crpc_Date: 5 } }];

/** A deployment that answers when it is told to. */
async function deployHeld(
  answer: Reply = success(USERS),
): Promise<Deployment & { release(): void }> {
  const released = later<void>();
  const deployment = await deploy(() => released.promise.then(() => answer));
  return Object.assign(deployment, { release: () => released.resolve() });
}

describe('equal queries of one context that run at once', () => {
  test('share a request, and each has a result of its own', async () => {
    await using deployment = await deploy(() => success(USERS));
    const { caller } = await deployment.factory().createContext(headers());
    const [first, second] = await Promise.all([caller.user.list({}), caller.user.list()]);
    expect(deployment.requests).toHaveLength(1);
    expect(first).toEqual([{ name: 'Ada', at: new Date(5) }]);
    expect(second).toEqual(first);
    expect(second).not.toBe(first);
    expect(second[0]).not.toBe(first[0]);
  });

  test('share a failure too, and the one after it is a new request', async () => {
    await using deployment = await deploy((_request, index) =>
      index === 0 ? 'reset' : success(USERS),
    );
    const { caller } = await deployment.factory().createContext(headers());
    const outcomes = await Promise.allSettled([caller.user.list({}), caller.user.list({})]);
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(await caller.user.list({})).toHaveLength(1);
    expect(deployment.requests).toHaveLength(2);
  });

  test('one after the other are two requests', async () => {
    await using deployment = await deploy(() => success(USERS));
    const { caller } = await deployment.factory().createContext(headers());
    await caller.user.list({});
    await caller.user.list({});
    expect(deployment.requests).toHaveLength(2);
  });

  test('with a stale token are refused once and replayed once', async () => {
    await using deployment = await deploy((_request, index) =>
      index === 0 ? refused('InvalidAuthHeader') : success(USERS),
    );
    const auth = countingAuth();
    const { caller } = await deployment.factory({ auth }).createContext(headers());
    await Promise.all([caller.user.list({}), caller.user.list({}), caller.user.list({})]);
    expect(authorizations(deployment)).toEqual(['Bearer t1', 'Bearer t2']);
    expect(auth.asked).toHaveLength(2);
  });
});

describe('nothing else is shared', () => {
  test('other arguments, other functions, other contexts, mutations, actions', async () => {
    await using deployment = await deploy(() => success([]));
    const { createContext } = deployment.factory();
    const [one, two] = await Promise.all([createContext(headers()), createContext(headers())]);
    await Promise.all([
      one.caller.user.list({}),
      one.caller.user.list({ since: new Date(1) }),
      one.caller.user.list({ since: new Date(2) }),
      two.caller.user.list({}),
      one.caller.user.create({ name: 'Ada' }),
      one.caller.user.create({ name: 'Ada' }),
      one.caller.jobs.reindex({}),
      one.caller.jobs.reindex({}),
    ]);
    expect(deployment.requests).toHaveLength(8);
  });

  test('dedupe: false of the call or of the factory', async () => {
    await using deployment = await deploy(() => success([]));
    const shared = await deployment.factory().createContext(headers());
    await Promise.all([
      shared.caller.user.list({}),
      shared.caller.user.list({}, { dedupe: false }),
    ]);
    expect(deployment.requests).toHaveLength(2);
    const own = await deployment.factory({ dedupe: false }).createContext(headers());
    await Promise.all([own.caller.user.list({}), own.caller.user.list({})]);
    expect(deployment.requests).toHaveLength(4);
    await Promise.all([
      own.caller.user.list({}, { dedupe: true }),
      own.caller.user.list({}, { dedupe: true }),
    ]);
    expect(deployment.requests).toHaveLength(5);
  });
});

describe('a shared request', () => {
  test.each(['first', 'second'])('goes on when the %s of its callers gives up', async (who) => {
    await using deployment = await deployHeld();
    const { caller } = await deployment.factory().createContext(headers());
    const controller = new AbortController();
    const leaving = { signal: controller.signal };
    const staying = { signal: new AbortController().signal };
    const calls = (who === 'first' ? [leaving, staying] : [staying, leaving]).map((options) =>
      caller.user.list({}, options).catch((error: unknown) => error),
    );
    await deployment.reached;
    controller.abort();
    deployment.release();
    const outcomes = await Promise.all(calls);
    expect(outcomes[who === 'first' ? 0 : 1]).toMatchObject({ code: 'CLIENT_CLOSED_REQUEST' });
    expect(outcomes[who === 'first' ? 1 : 0]).toEqual([{ name: 'Ada', at: new Date(5) }]);
    expect(deployment.requests).toHaveLength(1);
  });

  test('goes on for callers without a signal', async () => {
    await using deployment = await deployHeld();
    const { caller } = await deployment.factory().createContext(headers());
    const controller = new AbortController();
    const first = caller.user.list({}, { signal: controller.signal }).catch(() => 'gone');
    const second = caller.user.list({});
    await deployment.reached;
    controller.abort();
    deployment.release();
    expect([await first, await second]).toEqual(['gone', [{ name: 'Ada', at: new Date(5) }]]);
  });

  test('ends when all have given up, and whoever asks then gets a new one', async () => {
    await using deployment = await deploy((_request, index) =>
      index === 0 ? 'hang' : success(USERS),
    );
    const { caller } = await deployment.factory().createContext(headers());
    const controller = new AbortController();
    const options = { signal: controller.signal };
    const calls = [caller.user.list({}, options), caller.user.list({}, options)];
    const { hungUp } = await deployment.reached;
    controller.abort();
    const next = caller.user.list({});
    for (const call of calls) {
      await expect(call).rejects.toMatchObject({ code: 'CLIENT_CLOSED_REQUEST' });
    }
    await hungUp;
    expect(await next).toHaveLength(1);
  });
});
