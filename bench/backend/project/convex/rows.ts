import { mutationGeneric, queryGeneric } from 'convex/server';
import { v } from 'convex/values';
import { toKey, toRow } from '../../row.ts';

const table = v.union(v.literal('few'), v.literal('many'), v.literal('list'));

/** The argument makes each call another one, so that no cache answers. */
export const trivial = queryGeneric({
  args: { number: v.number() },
  handler: (_ctx, { number }) => number,
});

export const write = mutationGeneric({
  args: { text: v.string() },
  handler: async (ctx, { text }) => {
    await ctx.db.insert('written', { text });
  },
});

export const fill = mutationGeneric({
  args: { table, from: v.number(), count: v.number() },
  handler: async (ctx, args) => {
    for (let number = args.from; number < args.from + args.count; number++) {
      await ctx.db.insert(args.table, toRow(number));
    }
  },
});

/** Ranges of 100 documents, one after the other; the number of documents. */
export const ranges = queryGeneric({
  args: { starts: v.array(v.number()) },
  handler: async (ctx, { starts }) => {
    let count = 0;
    for (const start of starts) {
      const rows = await ctx.db
        .query('list')
        .withIndex('by_number', (q) => q.gte('number', start).lt('number', start + 100))
        .collect();
      count += rows.length;
    }
    return count;
  },
});

/** Single documents by an index, one after the other; how many there were. */
export const lookups = queryGeneric({
  args: { table, numbers: v.array(v.number()) },
  handler: async (ctx, args) => {
    let count = 0;
    for (const number of args.numbers) {
      const row = await ctx.db
        .query(args.table)
        .withIndex('by_key', (q) => q.eq('key', toKey(number)))
        .unique();
      if (row !== null) count += 1;
    }
    return count;
  },
});

export const signal = mutationGeneric({
  args: { sentAt: v.number() },
  handler: async (ctx, { sentAt }) => {
    await ctx.db.insert('signals', { sentAt });
  },
});

export const lastSignal = queryGeneric({
  args: {},
  handler: async (ctx) => (await ctx.db.query('signals').order('desc').first())?.sentAt ?? null,
});
