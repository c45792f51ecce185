import { initCRPC } from 'kitcn/server';
import { z } from 'zod';
import type { DataModelFromSchemaDefinition } from 'convex/server';
import type schema from './schema';

const { query } = initCRPC.dataModel<DataModelFromSchemaDefinition<typeof schema>>().create();

const pages = query
  .input(z.object({ channel: z.string() }))
  .paginated({ limit: 20, item: z.object({ body: z.string() }) });

/** The newest first; says in the log which half of a page it was asked for. */
export const newest = pages.query(async ({ ctx, input, paginationOpts }) => {
  if (input.endCursor !== null) console.log(input.cursor === null ? 'first half' : 'other half');
  const { page, ...rest } = await ctx.db
    .query('messages')
    .withIndex('by_channel', (range) => range.eq('channel', input.channel))
    .order('desc')
    .paginate(paginationOpts);
  return { ...rest, page: page.map(({ body }) => ({ body })) };
});

/** The same by cursor and limit alone. */
export const flat = pages.query(({ ctx, input }) =>
  ctx.db
    .query('messages')
    .withIndex('by_channel', (range) => range.eq('channel', input.channel))
    .order('desc')
    .paginate({ cursor: input.cursor, numItems: input.limit }),
);
