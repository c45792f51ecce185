import { mutationGeneric, queryGeneric } from 'convex/server';
import { v } from 'convex/values';

/** Two documents that are there together, or not at all. */
export const write = mutationGeneric({
  args: { key: v.string() },
  handler: async (ctx, { key }) => {
    await ctx.db.insert('left', { key });
    await ctx.db.insert('right', { key });
  },
});

export const keys = queryGeneric({
  args: { side: v.union(v.literal('left'), v.literal('right')), after: v.string() },
  handler: async (ctx, { side, after }) => {
    const rows = await ctx.db
      .query(side)
      .withIndex('by_key', (q) => q.gt('key', after))
      .take(5_000);
    return rows.map(({ key }) => String(key));
  },
});

export const big = mutationGeneric({
  args: { key: v.string(), kilobytes: v.number() },
  handler: (ctx, { key, kilobytes }) =>
    ctx.db.insert('left', { key: key + '.'.repeat(kilobytes * 1024) }),
});

/** In the order in which they were created. */
export const created = queryGeneric({
  args: {},
  handler: async (ctx) => {
    const rows = await ctx.db.query('left').collect();
    return rows.map(({ key, _creationTime }) => ({ key: String(key), createdAt: _creationTime }));
  },
});
