import {
  actionGeneric as action,
  makeFunctionReference,
  mutationGeneric as mutation,
  paginationOptsValidator,
  queryGeneric as query,
} from 'convex/server';
import { ConvexError, v } from 'convex/values';

const channel = { channel: v.string() };
const message = { channel: v.string(), body: v.string() };

export const list = query({
  args: channel,
  handler: async (ctx, args) => {
    const messages = await ctx.db
      .query('messages')
      .withIndex('by_channel', (range) => range.eq('channel', args.channel))
      .collect();
    return messages.map(({ body }) => body as string);
  },
});

/** Says in the log that it ran. */
export const counted = query({
  args: channel,
  handler: async (ctx, args) => {
    console.log('ran', args.channel);
    const newest = await ctx.db
      .query('messages')
      .withIndex('by_channel', (range) => range.eq('channel', args.channel))
      .order('desc')
      .first();
    return newest === null ? null : newest['body'];
  },
});

export const page = query({
  args: { ...channel, paginationOpts: paginationOptsValidator },
  handler: (ctx, args) =>
    ctx.db
      .query('messages')
      .withIndex('by_channel', (range) => range.eq('channel', args.channel))
      .order('desc')
      .paginate(args.paginationOpts),
});

export const everything = query({ args: {}, handler: (ctx) => ctx.db.query('messages').collect() });

export const count = query({
  args: {},
  handler: async (ctx) => (await ctx.db.query('messages').collect()).length,
});

/** Fails while the channel is empty. */
export const picky = query({
  args: channel,
  handler: async (ctx, args) => {
    const first = await ctx.db
      .query('messages')
      .withIndex('by_channel', (range) => range.eq('channel', args.channel))
      .first();
    if (first === null) throw new ConvexError({ code: 'EMPTY', channel: args.channel });
    return first['body'];
  },
});

export const whoAmI = query({
  args: {},
  handler: async (ctx) => (await ctx.auth.getUserIdentity())?.subject ?? null,
});

export const large = query({
  args: { megabytes: v.number() },
  handler: (_ctx, { megabytes }) => 'é"x'.repeat((megabytes * 1_000_000) / 4),
});

export const forever = query({
  args: {},
  handler: () => {
    for (;;);
  },
});

export const send = mutation({
  args: message,
  handler: async (ctx, args) => {
    await ctx.db.insert('messages', args);
    console.log('sent', args.body);
    return args.body;
  },
});

export const sendMany = mutation({
  args: { ...channel, bodies: v.array(v.string()) },
  handler: async (ctx, args) => {
    for (const body of args.bodies) {
      await ctx.db.insert('messages', { channel: args.channel, body });
    }
  },
});

export const removeFirst = mutation({
  args: channel,
  handler: async (ctx, args) => {
    const first = await ctx.db
      .query('messages')
      .withIndex('by_channel', (range) => range.eq('channel', args.channel))
      .first();
    if (first !== null) await ctx.db.delete(first._id);
  },
});

export const refuse = mutation({
  args: message,
  handler: async (ctx, args) => {
    await ctx.db.insert('messages', args);
    throw new ConvexError({ code: 'NO', size: 3n });
  },
});

export const increment = mutation({
  args: { name: v.string() },
  handler: async (ctx, { name }) => {
    const counter = await ctx.db
      .query('counters')
      .withIndex('by_name', (range) => range.eq('name', name))
      .unique();
    if (counter === null) await ctx.db.insert('counters', { name, value: 1 });
    else await ctx.db.patch(counter._id, { value: counter['value'] + 1 });
    return (counter?.['value'] ?? 0) + 1;
  },
});

export const counter = query({
  args: { name: v.string() },
  handler: async (ctx, { name }) => {
    const found = await ctx.db
      .query('counters')
      .withIndex('by_name', (range) => range.eq('name', name))
      .unique();
    return found?.['value'] ?? 0;
  },
});

export const sendFromAction = action({
  args: message,
  handler: async (ctx, args) => {
    await ctx.runMutation(makeFunctionReference<'mutation'>('messages:send'), args);
    return 'done';
  },
});
