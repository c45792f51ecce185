import { expect, test } from 'vitest';
import { callOf, SERVER, temporaryHost } from './temporary-host.fixture.ts';

const QUEUE = `${SERVER}
export const push = mutation({
  args: { name: v.string() },
  handler: async (ctx, { name }) => {
    await ctx.db.insert('queue', { name, at: ctx.db.vars.commitTs, list: [{ at: ctx.db.vars.commitTs }] });
    return ctx.db.vars.commitTs;
  },
});
export const touch = mutation(async (ctx, { name }) => {
  const row = (await ctx.db.query('queue').collect()).find((each) => each.name === name);
  await ctx.db.patch(row._id, { at: ctx.db.vars.commitTs });
});
export const all = query(async (ctx) => {
  const rows = await ctx.db.query('queue').withIndex('by_at').collect();
  return rows.map(({ name, at, list }) => ({ name, at, inner: list[0].at }));
});
export const snapshot = query((ctx) => ctx.meta.getSnapshotTs());
export const inside = mutation(async (ctx) => {
  const { commitTs } = ctx.db.vars;
  const text = JSON.stringify({ $commitTs: null });
  const id = await ctx.db.insert('queue', { name: text, at: commitTs, list: [] });
  const row = await ctx.db.get(id);
  const found = await ctx.db.query('queue').withIndex('by_at', (q) => q.eq('at', commitTs)).collect();
  const last = await ctx.db.query('queue').withIndex('by_at').order('desc').first();
  let failure = '';
  try { row.at + 1n; } catch (error) { failure = error.message; }
  return {
    isPlaceholder: row.at === commitTs,
    text: row.name === text,
    found: found.length,
    isLast: last._id === id,
    failure,
    nested: await ctx.runQuery(ref('q:isPlaceholder'), { at: commitTs }),
    answered: (await ctx.runMutation(ref('q:push'), { name: 'nested' })) === commitTs,
  };
});
export const isPlaceholder = query({
  args: { at: v.commitTs() },
  handler: async (ctx, { at }) => {
    const row = await ctx.db.query('queue').withIndex('by_at', (q) => q.eq('at', at)).first();
    return typeof at !== 'bigint' && row.at === at;
  },
});
export const caught = mutation(async (ctx) => {
  await ctx.runMutation(ref('q:fails'), {}).catch(() => {});
  await ctx.db.insert('queue', { name: 'after', at: ctx.db.vars.commitTs, list: [{ at: 0n }] });
});
export const fails = mutation(async (ctx) => {
  await ctx.db.insert('queue', { name: 'taken back', at: ctx.db.vars.commitTs, list: [] });
  throw new Error('no');
});
export const later = mutation((ctx) => ctx.scheduler.runAfter(0, ref('q:keep'), { at: ctx.db.vars.commitTs }));
export const keep = mutation({
  args: { at: v.int64() },
  handler: (ctx, { at }) => ctx.db.insert('kept', { at }),
});
export const kept = query(async (ctx) => (await ctx.db.query('kept').collect()).map((row) => row.at));
`;

const SCHEMA = `${SERVER}
export default defineSchema({
  queue: defineTable({ name: v.string(), at: v.commitTs(), list: v.array(v.object({ at: v.commitTs() })) })
    .index('by_at', ['at']),
  kept: defineTable({ at: v.int64() }),
});
`;

const start = () => temporaryHost({ q: QUEUE, schema: SCHEMA });

test('a document has the timestamp that its mutation committed at, in the order of the commits', async () => {
  await using host = await start();
  const before = await host.value('q:snapshot');
  const names = ['a', 'b', 'c'];
  const results = [];
  for (const [request, name] of names.entries()) {
    const session = { session: 's', request };
    results.push(await host.host.run({ ...callOf('q:push', { name }), session }));
  }
  const rows = (await host.value('q:all')) as { name: string; at: bigint; inner: bigint }[];
  expect(rows.map(({ name }) => name)).toEqual(names);
  expect(rows.every(({ at, inner }) => at === inner)).toBe(true);
  expect(rows[0]?.at).toBeGreaterThan(before as bigint);
  expect(results.map((result) => 'timestamp' in result && result.timestamp)).toEqual(
    rows.map(({ at }) => at),
  );
  expect(await host.value('q:snapshot')).toBe(rows[2]?.at);
  expect(await host.value('q:push', { name: 'd' })).toBe(await host.value('q:snapshot'));
  await host.value('q:touch', { name: 'a' });
  const touched = (await host.value('q:all')) as { name: string }[];
  expect(touched.map(({ name }) => name)).toEqual(['b', 'c', 'd', 'a']);
});

test('within its mutation it is the placeholder, in every function of it', async () => {
  await using host = await start();
  await host.value('q:push', { name: 'before' });
  expect(await host.value('q:inside')).toEqual({
    isPlaceholder: true,
    text: true,
    found: 1,
    isLast: true,
    failure: expect.stringContaining('This commit timestamp is unresolved'),
    nested: true,
    answered: true,
  });
});

test('what is taken back leaves none, and scheduled functions get the number', async () => {
  await using host = await start();
  await host.value('q:caught');
  const row = expect.objectContaining({ name: 'after', at: await host.value('q:snapshot') });
  expect(await host.value('q:all')).toEqual([row]);
  await host.value('q:later');
  await expect.poll(() => host.value('q:kept'), { timeout: 20_000 }).toHaveLength(1);
  expect(await host.value('q:kept')).toEqual([expect.any(BigInt)]);
});
