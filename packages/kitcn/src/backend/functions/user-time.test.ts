import { setTimeout as sleep } from 'node:timers/promises';
import { mutationGeneric, queryGeneric } from 'convex/server';
import type { GenericMutationCtx, GenericQueryCtx, AnyDataModel } from 'convex/server';
import { expect, test } from 'vitest';
import { systemClock } from '../system-clock.ts';
import { InProcessHost } from './in-process-host.ts';

type QueryCtx = GenericQueryCtx<AnyDataModel>;
type MutationCtx = GenericMutationCtx<AnyDataModel>;

const TOO_LONG = 'Function execution timed out (maximum duration: 1s)';

/** Keeps the processor busy, however many others want it too. */
function work(milliseconds: number): void {
  const start = process.threadCpuUsage();
  for (;;) {
    const { user, system } = process.threadCpuUsage(start);
    if (user + system > milliseconds * 1_000) return;
  }
}

/** A host whose functions are closures: each is called once. */
async function openHost() {
  const host = new InProcessHost({
    databaseFile: ':memory:',
    clock: systemClock,
    isDeterministic: false,
    hasCrons: false,
    log() {},
  });
  let query: (ctx: QueryCtx) => unknown;
  let mutation: (ctx: MutationCtx) => unknown;
  const m = {
    query: queryGeneric((ctx) => query(ctx)),
    mutation: mutationGeneric((ctx) => mutation(ctx)),
    nested: queryGeneric(() => work(700)),
    rows: queryGeneric(async (ctx) => (await ctx.db.query('rows').collect()).length),
  };
  await host.deploy(new Map([['m', m]]));
  const call = (kind: 'query' | 'mutation', name: string) =>
    host.call({ kind, target: `m:${name}`, args: {}, identity: null });
  return {
    runQuery(body: typeof query) {
      query = body;
      return call('query', 'query');
    },
    runMutation(body: typeof mutation) {
      mutation = body;
      return call('mutation', 'mutation');
    },
    countRows: () => call('query', 'rows'),
    [Symbol.asyncDispose]: () => host[Symbol.asyncDispose](),
  };
}

test('code that takes more than a second of the processor fails, in one go or in many', async () => {
  await using host = await openHost();
  await expect(host.runQuery(() => work(1_010))).rejects.toThrow(TOO_LONG);
  const inParts = host.runQuery(async (ctx) => {
    for (let part = 0; part < 11; part++) {
      // Before and after it waits for what it asked for.
      const row = ctx.db.query('rows').first();
      work(50);
      await row;
      work(50);
    }
  });
  await expect(inParts).rejects.toThrow(TOO_LONG);
});

test('a mutation that takes too long leaves nothing behind, even if it catches that', async () => {
  await using host = await openHost();
  const failed = host.runMutation(async (ctx) => {
    await ctx.db.insert('rows', {});
    work(1_010);
    await ctx.db.insert('rows', {}).catch(() => {});
    return 'done';
  });
  await expect(failed).rejects.toThrow(TOO_LONG);
  expect(await host.countRows()).toBe(0);
});

test('functions in one transaction share its time', async () => {
  await using host = await openHost();
  const nested = async (ctx: QueryCtx): Promise<void> => {
    for (let call = 0; call < 2; call++) await ctx.runQuery('m:nested' as never);
  };
  await expect(host.runQuery(nested)).rejects.toThrow(TOO_LONG);
});

test('the time of the backend, of others and of waiting is not counted', async () => {
  await using host = await openHost();
  const rows = 8_000;
  await host.runMutation(async (ctx) => {
    for (let row = 0; row < rows; row++) await ctx.db.insert('rows', { row });
  });
  const side = (ctx: QueryCtx): Promise<void> => {
    work(400);
    return ctx.db.query('rows').first();
  };
  // Together they take longer than each may.
  await Promise.all([host.runMutation(side), host.runMutation(side), host.runMutation(side)]);
  await host.runQuery(() => sleep(1_500));
  expect(await host.countRows()).toBe(rows);
});
