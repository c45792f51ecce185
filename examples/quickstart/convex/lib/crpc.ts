import { CRPCError } from 'kitcn/crpc';
import { initCRPC } from '../functions/generated/server';

const c = initCRPC.meta<{ auth?: 'required' }>().create();

export const publicQuery = c.query;
export const publicMutation = c.mutation;
export const publicAction = c.action;
export const publicRoute = c.httpAction;
export const router = c.router;
export const privateMutation = c.mutation.internal();
export const privateAction = c.action.internal();

/** A query that only other functions of this project can call. */
export const privateQuery = c.query.internal();

/** A query for signed-in users; the handler has `ctx.identity`. */
export const authQuery = c.query.meta({ auth: 'required' }).use(async ({ ctx, next }) => {
  const identity = await ctx.auth.getUserIdentity();
  if (!identity) throw new CRPCError({ code: 'UNAUTHORIZED', message: 'Sign in first' });
  return next({ ctx: { identity } });
});
