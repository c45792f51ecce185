import { z } from 'zod';
import { privateAction } from '../lib/crpc';
import { createItemsQueriesCaller } from './generated/items/queries.runtime';
import { createItemsWritesCaller } from './generated/items/writes.runtime';

/** Writes the search text of every item that has none, or of all of them. */
export const reindex = privateAction
  .input(z.object({ force: z.boolean() }))
  .action(async ({ ctx, input }) => {
    const items = await createItemsQueriesCaller(ctx).list({});
    const stale = items.filter((item) => input.force || item.searchText === null);
    const writes = createItemsWritesCaller(ctx);
    for (const item of stale) await writes.index({ id: item.id });
    return { indexed: stale.length, at: new Date() };
  });
