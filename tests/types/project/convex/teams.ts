import { zid } from 'convex-helpers/server/zod4';
import { z } from 'zod';
import { authQuery, publicMutation, publicQuery } from './crpc.ts';
import { createTeamsHandler } from './teams.runtime.ts';
import { createUsersCaller } from './users.runtime.ts';

const team = z.object({ id: zid('team'), name: z.string(), createdAt: z.date() });

export const get = publicQuery
  .input(z.object({ id: zid('team') }))
  .query(async ({ ctx, input }) => ctx.db.get(input.id));

/** Composes its own module. */
export const name = publicQuery
  .input(z.object({ id: zid('team') }))
  .query(async ({ ctx, input }) => (await createTeamsHandler(ctx).get(input))?.name ?? null);

/** Composes a module that composes this one. */
export const owner = authQuery
  .input(z.object({ id: zid('team') }))
  .query(async ({ ctx, input }) => {
    const found = await createTeamsHandler(ctx).get(input);
    return { user: await createUsersCaller(ctx).get({ id: found?.ownerId ?? '' }), at: new Date() };
  });

export const list = authQuery.paginated({ limit: 20, item: team }).query(async ({ ctx, input }) => {
  const { page, ...rest } = await ctx.db
    .query('team')
    .paginate({ cursor: input.cursor, numItems: input.limit });
  const toTeam = (found: (typeof page)[number]) => ({
    id: found._id,
    name: found.name,
    createdAt: new Date(found._creationTime),
  });
  return { ...rest, page: page.map(toTeam) };
});

export const create = publicMutation
  .input(z.object({ name: z.string(), ownerId: zid('user') }))
  .output(zid('team'))
  .mutation(({ ctx, input }) => ctx.db.insert('team', input));
