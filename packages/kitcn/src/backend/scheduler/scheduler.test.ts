import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Value } from 'convex/values';
import { expect, test, vi } from 'vitest';
import { SERVER, temporaryHost } from '../functions/temporary-host.fixture.ts';
import type { TemporaryHost } from '../functions/temporary-host.fixture.ts';

const JOBS = `${SERVER}
export const add = internalMutation({
  args: { text: v.string() },
  handler: async (ctx, { text }) => { await ctx.db.insert('rows', { text, identity: await ctx.auth.getUserIdentity() }); },
});
export const fail = internalMutation(async (ctx) => {
  await ctx.db.insert('rows', { text: 'lost' });
  throw new Error('job failed');
});
export const act = action(async (ctx, { text }) => { await ctx.runMutation(ref('jobs:add'), { text }); });
export const never = action(() => new Promise(() => {}));
export const parent = action(async (ctx) => {
  while ((await ctx.runQuery(ref('jobs:texts'))).length === 0) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  await ctx.runMutation(ref('jobs:add'), {
    text: await ctx.scheduler.runAfter(0, ref('jobs:add'), { text: 'child' }),
  });
});
export const loop = internalMutation(() => { for (;;); });
export const state = internalMutation(async (ctx) => {
  const [job] = (await ctx.db.system.query('_scheduled_functions').collect()).filter((row) => row.name === 'jobs.js:state');
  await ctx.db.insert('rows', { text: job.state.kind });
});
export const cancelSelf = internalMutation(async (ctx, { isFailing }) => {
  const [own] = (await ctx.db.system.query('_scheduled_functions').collect()).filter((row) => row.state.kind === 'inProgress');
  await ctx.scheduler.cancel(own._id);
  await ctx.scheduler.runAfter(0, ref('jobs:add'), { text: 'child of ' + own.name });
  if (isFailing) throw new Error('failed by itself');
});
export const read = query(() => null);
export const later = mutation((ctx, { path, delay, args }) => ctx.scheduler.runAfter(delay, ref(path), args ?? {}));
export const laterFromAction = action((ctx, { path, delay, args }) => ctx.scheduler.runAfter(delay, ref(path), args ?? {}));
export const at = mutation((ctx, { time }) => ctx.scheduler.runAt(time, ref('jobs:add'), { text: 'at' }));
export const laterThenFail = mutation(async (ctx) => {
  await ctx.scheduler.runAfter(0, ref('jobs:add'), { text: 'never' });
  throw new Error('no');
});
export const notAwaited = mutation(async (ctx) => { void ctx.scheduler.runAfter(0, ref('jobs:add'), { text: 'unawaited' }); });
export const notAwaitedInAction = action(async (ctx) => {
  void ctx.runMutation(ref('jobs:slow'));
  void ctx.scheduler.runAfter(0, ref('jobs:add'), { text: 'from an action' });
});
export const slow = internalMutation(async () => {
  for (let round = 0; round < 20; round++) await crypto.subtle.digest('SHA-256', new Uint8Array(10));
});
export const cancel = mutation((ctx, { id }) => ctx.scheduler.cancel(id));
export const job = query((ctx, { id }) => ctx.db.system.get(id));
export const texts = query(async (ctx) => (await ctx.db.query('rows').collect()).map((row) => row.text));
export const identities = query(async (ctx) => (await ctx.db.query('rows').collect()).map((row) => row.identity));
`;

async function stateOf(host: TemporaryHost, id: Value): Promise<unknown> {
  const job = (await host.value('jobs:job', { id })) as { state: unknown };
  return job.state;
}

async function expectTexts(host: TemporaryHost, texts: string[]): Promise<void> {
  await vi.waitFor(async () => expect(await host.value('jobs:texts')).toEqual(texts), 10_000);
}

test('a mutation schedules a mutation and an action', async () => {
  await using host = await temporaryHost({ jobs: JOBS });
  const args = { text: 'from a mutation' };
  const id = await host.value('jobs:later', { path: 'jobs:add', delay: 0, args });
  await expectTexts(host, ['from a mutation']);
  expect(await host.value('jobs:job', { id })).toMatchObject({
    name: 'jobs.js:add',
    args: [args],
    state: { kind: 'success' },
    scheduledTime: expect.any(Number),
    completedTime: expect.any(Number),
  });
  const second = { text: 'from an action' };
  const action = await host.value('jobs:later', { path: 'jobs:act', delay: 0, args: second });
  await expectTexts(host, ['from a mutation', 'from an action']);
  await vi.waitFor(async () => expect(await stateOf(host, action)).toEqual({ kind: 'success' }));
});

test('an action schedules; no identity goes along', async () => {
  await using host = await temporaryHost({ jobs: JOBS });
  const { host: functions } = host;
  const identity = { tokenIdentifier: 'i|ada', subject: 'ada', issuer: 'i' };
  const args = { path: 'jobs:add', delay: 0, args: { text: 'x' } };
  const call = {
    kind: 'action',
    path: 'jobs:laterFromAction',
    args,
    identity,
    isAdmin: false,
  } as const;
  expect(await functions.run(call)).toMatchObject({ status: 'success' });
  await expectTexts(host, ['x']);
  expect(await host.value('jobs:identities')).toEqual([null]);
});

test('a job of a mutation that rolled back does not exist; one that was not awaited does', async () => {
  await using host = await temporaryHost({ jobs: JOBS });
  await host.failure('jobs:laterThenFail');
  await host.value('jobs:notAwaited');
  await expectTexts(host, ['unawaited']);
  await host.value('jobs:notAwaitedInAction');
  await expectTexts(host, ['unawaited', 'from an action']);
});

test('a job that fails leaves its error and nothing else', async () => {
  await using host = await temporaryHost({ jobs: JOBS });
  const id = await host.value('jobs:later', { path: 'jobs:fail', delay: 0 });
  await vi.waitFor(async () =>
    expect(await stateOf(host, id)).toEqual({
      kind: 'failed',
      error: expect.stringContaining('Uncaught Error: job failed'),
    }),
  );
  expect(await host.value('jobs:texts')).toEqual([]);
  expect(host.logs.join()).toContain('job failed');
});

test('a job sees itself in progress', async () => {
  await using host = await temporaryHost({ jobs: JOBS });
  await host.value('jobs:later', { path: 'jobs:state', delay: 0 });
  await expectTexts(host, ['inProgress']);
});

test('a canceled job does not run', async () => {
  await using host = await temporaryHost({ jobs: JOBS });
  const args = { text: 'canceled' };
  const id = await host.value('jobs:later', { path: 'jobs:add', delay: 300, args });
  await host.value('jobs:cancel', { id });
  expect(await stateOf(host, id)).toEqual({ kind: 'canceled' });
  await host.value('jobs:later', { path: 'jobs:add', delay: 400, args: { text: 'kept' } });
  await expectTexts(host, ['kept']);
  await host.value('jobs:cancel', { id });
  expect(await stateOf(host, id)).toEqual({ kind: 'canceled' });
});

test('an action that is canceled runs on, what it schedules does not', async () => {
  await using host = await temporaryHost({ jobs: JOBS });
  const id = await host.value('jobs:later', { path: 'jobs:parent', delay: 0 });
  await vi.waitFor(async () => expect(await stateOf(host, id)).toEqual({ kind: 'inProgress' }));
  await host.value('jobs:cancel', { id });
  await host.value('jobs:add', { text: 'go on' });
  await vi.waitFor(async () => expect(await host.value('jobs:texts')).toHaveLength(2), 10_000);
  const [, child] = (await host.value('jobs:texts')) as string[];
  expect(await stateOf(host, child ?? '')).toEqual({ kind: 'canceled' });
  expect(await stateOf(host, id)).toEqual({ kind: 'canceled' });
});

test('a mutation that cancels its own job ends as it ends, and what it schedules runs', async () => {
  await using host = await temporaryHost({ jobs: JOBS });
  const cancelSelf = (isFailing: boolean): Promise<Value> =>
    host.value('jobs:later', { path: 'jobs:cancelSelf', delay: 0, args: { isFailing } });
  const failing = await cancelSelf(true);
  await vi.waitFor(async () =>
    expect(await stateOf(host, failing)).toEqual({
      kind: 'failed',
      error: expect.stringContaining('failed by itself'),
    }),
  );
  const succeeding = await cancelSelf(false);
  await expectTexts(host, ['child of jobs.js:cancelSelf']);
  expect(await stateOf(host, succeeding)).toEqual({ kind: 'success' });
});

test('what cannot run is refused when it is scheduled', async () => {
  await using host = await temporaryHost({ jobs: JOBS });
  const refused = async (args: Record<string, Value>): Promise<string> =>
    (await host.failure('jobs:later', args)).message;
  expect(await refused({ path: 'jobs:none', delay: 0 })).toContain('Could not find function');
  expect(await refused({ path: 'jobs:read', delay: 0 })).toContain('defined as Query');
  expect(await refused({ path: 'jobs:add', delay: 0 })).toContain('ArgumentValidationError');
  expect(await refused({ path: 'jobs:add', delay: 1e12, args: { text: '' } })).toContain(
    'five years',
  );
  expect((await host.failure('jobs:at', { time: NaN })).message).toContain('five years');
});

test('after a restart pending jobs run, and an action that was running has failed', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'kitcn-scheduler-'));
  const databaseFile = path.join(folder, 'data.sqlite');
  try {
    const first = await temporaryHost({ jobs: JOBS }, { databaseFile });
    const running = await first.value('jobs:later', { path: 'jobs:never', delay: 0 });
    await vi.waitFor(async () =>
      expect(await stateOf(first, running)).toEqual({ kind: 'inProgress' }),
    );
    const args = { text: 'after restart' };
    await first.value('jobs:later', { path: 'jobs:add', delay: 500, args });
    await first.host.close();

    await using second = await temporaryHost({ jobs: JOBS }, { databaseFile });
    expect(await stateOf(second, running)).toEqual({
      kind: 'failed',
      error: 'Transient error while executing action',
    });
    await expectTexts(second, ['after restart']);
  } finally {
    await rm(folder, { recursive: true });
  }
});

test('a job that never ends fails, and does not come back', async () => {
  await using host = await temporaryHost({ jobs: JOBS }, { transactionTimeoutMs: 1_000 });
  const id = await host.value('jobs:later', { path: 'jobs:loop', delay: 0 });
  await host.value('jobs:later', { path: 'jobs:add', delay: 0, args: { text: 'after' } });
  await expectTexts(host, ['after']);
  expect(await stateOf(host, id)).toEqual({
    kind: 'failed',
    error: 'Function execution timed out (maximum duration: 1s)',
  });
});
