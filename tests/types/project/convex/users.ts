import { z } from 'zod';
import { publicQuery } from './crpc.ts';
import { createTeamsCaller } from './teams.runtime.ts';

export const get = publicQuery.input(z.object({ id: z.string() })).query(async ({ ctx, input }) => {
  const id = ctx.db.normalizeId('user', input.id);
  return id && ctx.db.get(id);
});

/** Composes a module that composes this one. */
export const teams = publicQuery.query(async ({ ctx }) => {
  const { page } = await createTeamsCaller(ctx).list({ limit: 3 });
  return page.map(({ name, createdAt }) => `${name} ${createdAt.getTime()}`);
});
