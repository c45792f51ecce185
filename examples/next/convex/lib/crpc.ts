import { CRPCError } from 'kitcn/crpc';
import { initCRPC } from '../functions/generated/server';

const c = initCRPC.create();

export const publicQuery = c.query;
export const publicMutation = c.mutation;

/** A query that only other functions of this project can call. */
export const privateQuery = c.query.internal();

/** A query for signed-in users; the handler has `ctx.identity`. */
export const authQuery = c.query.use(async ({ ctx, next }) => {
  const identity = await ctx.auth.getUserIdentity();
  if (!identity) throw new CRPCError({ code: 'UNAUTHORIZED', message: 'Sign in first' });
  return next({ ctx: { identity } });
});
