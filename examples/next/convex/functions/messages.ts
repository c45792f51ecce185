import { zid } from 'convex-helpers/server/zod4';
import { paginationOptsValidator } from 'convex/server';
import { v } from 'convex/values';
import { z } from 'zod';
import { publicMutation, publicQuery } from '../lib/crpc';
import { query } from './_generated/server';
import type { Doc } from './_generated/dataModel';

const room = z.object({ room: z.string().min(1) });

function toMessage({ _id, author, body }: Doc<'message'>) {
  return { id: _id as string, author, body };
}

/** The newest messages of a room first, in pages. */
export const page = publicQuery
  .input(room)
  .paginated({
    limit: 20,
    item: z.object({ id: z.string(), author: z.string(), body: z.string() }),
  })
  .query(async ({ ctx, input, paginationOpts }) => {
    const result = await ctx.db
      .query('message')
      .withIndex('by_room', (q) => q.eq('room', input.room))
      .order('desc')
      .paginate(paginationOpts);
    return { ...result, page: result.page.map(toMessage) };
  });

/** The same as a plain Convex function: both kinds live side by side, and `api` has both. */
export const plainPage = query({
  args: { room: v.string(), paginationOpts: paginationOptsValidator },
  handler: async (ctx, args) => {
    const result = await ctx.db
      .query('message')
      .withIndex('by_room', (q) => q.eq('room', args.room))
      .order('desc')
      .paginate(args.paginationOpts);
    return { ...result, page: result.page.map(toMessage) };
  },
});

export const count = publicQuery
  .input(room)
  .output(z.number())
  .query(async ({ ctx, input }) => {
    const messages = await ctx.db
      .query('message')
      .withIndex('by_room', (q) => q.eq('room', input.room))
      .collect();
    return messages.length;
  });

export const send = publicMutation
  .input(room.extend({ body: z.string().min(1).max(140) }))
  .output(zid('message'))
  .mutation(async ({ ctx, input }) => {
    const identity = await ctx.auth.getUserIdentity();
    return ctx.db.insert('message', { ...input, author: identity?.subject ?? 'Guest' });
  });

/** Deletes a message; one that is gone already is no error. */
export const remove = publicMutation
  .input(z.object({ id: z.string() }))
  .mutation(async ({ ctx, input }) => {
    const id = ctx.db.normalizeId('message', input.id);
    if (id && (await ctx.db.get(id))) await ctx.db.delete(id);
  });
