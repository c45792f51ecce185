import { zid } from 'convex-helpers/server/zod4';
import { CRPCError } from 'kitcn/crpc';
import { z } from 'zod';
import { privateQuery, publicMutation, publicQuery } from '../lib/crpc';
import { createTeamsCaller, createTeamsHandler } from './generated/teams.runtime';

export const getTeamAndOwner = privateQuery
  .input(z.object({ teamId: z.string() }))
  .query(async ({ ctx, input }) => {
    const handler = createTeamsHandler(ctx);
    const team = await handler.getTeam({ teamId: input.teamId });
    const owner = await handler.getOwner({ id: team.ownerId });
    return { team, owner };
  });

export const getTeam = privateQuery
  .input(z.object({ teamId: z.string() }))
  .query(async ({ ctx, input }) => {
    const id = ctx.db.normalizeId('team', input.teamId);
    const team = id && (await ctx.db.get(id));
    if (!team) throw new CRPCError({ code: 'NOT_FOUND', message: 'There is no such team' });
    return team;
  });

export const getOwner = privateQuery
  .input(z.object({ id: zid('user') }))
  .query(async ({ ctx, input }) => {
    const owner = await ctx.db.get(input.id);
    return owner && { name: owner.name, since: new Date(owner._creationTime) };
  });

/** What a client may see of a team: the private composition above, across a function boundary. */
export const overview = publicQuery
  .input(z.object({ teamId: z.string() }))
  .query(async ({ ctx, input }) => {
    const { team, owner } = await createTeamsCaller(ctx).getTeamAndOwner(input);
    return { name: team.name, owner };
  });

export const create = publicMutation
  .input(z.object({ name: z.string().min(1), ownerId: zid('user') }))
  .output(zid('team'))
  .mutation(({ ctx, input }) => ctx.db.insert('team', input));
