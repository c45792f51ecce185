import { zid } from 'convex-helpers/server/zod4';
import { requireSchedulerCtx } from 'kitcn/server';
import { z } from 'zod';
import { privateMutation, publicAction, publicMutation } from '../../lib/crpc';
import { createItemsQueriesCaller } from '../generated/items/queries.runtime';
import { createItemsWritesCaller } from '../generated/items/writes.runtime';
import { createJobsCaller } from '../generated/jobs.runtime';

/** Adds an item and has the search texts written soon after. */
export const add = publicMutation
  .input(z.object({ title: z.string().min(1) }))
  .output(zid('item'))
  .mutation(async ({ ctx, input }) => {
    const id = await ctx.db.insert('item', input);
    const caller = createJobsCaller(requireSchedulerCtx(ctx));
    await caller.schedule.now.reindex({ force: true });
    return id;
  });

export const index = privateMutation
  .input(z.object({ id: zid('item') }))
  .mutation(async ({ ctx, input }) => {
    const item = await ctx.db.get(input.id);
    if (item) await ctx.db.patch(item._id, { searchText: item.title.toLowerCase() });
  });

/** An action that calls a mutation, an action and a query, each its own transaction. */
export const importAll = publicAction
  .input(z.object({ titles: z.array(z.string().min(1)) }))
  .action(async ({ ctx, input }) => {
    for (const title of input.titles) await createItemsWritesCaller(ctx).add({ title });
    const { indexed } = await createJobsCaller(ctx).actions.reindex({ force: false });
    const items = await createItemsQueriesCaller(ctx).list({});
    return { indexed, total: items.length, finishedAt: new Date() };
  });
