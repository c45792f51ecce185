import { zid } from 'convex-helpers/server/zod4';
import { z } from 'zod';
import { publicQuery } from '../../lib/crpc';

export const list = publicQuery
  .output(
    z.array(z.object({ id: zid('item'), title: z.string(), searchText: z.string().nullable() })),
  )
  .query(async ({ ctx }) => {
    const items = await ctx.db.query('item').collect();
    return items.map(({ _id, title, searchText }) => ({
      id: _id,
      title,
      searchText: searchText ?? null,
    }));
  });
