import { isDeclaredError, safe } from 'kitcn/crpc';
import { c } from '../lib/crpc';
import { offer } from '../lib/offers';
import { createShopCaller, createShopHandler } from './generated/shop.runtime';
import { buy, look, order } from './shop';

/** What a call inside Convex ended with, as far as its caller could tell. */
async function reportOf(
  call: Promise<unknown>,
  procedure: typeof buy | typeof look | typeof order,
): Promise<object> {
  const [error] = await safe(call);
  if (error === undefined) return { isDeclared: false };
  const { code, data, message, status } = error;
  return { isDeclared: isDeclaredError(error, procedure), code, data, message, status };
}

export const handlerInQuery = c.query
  .input(offer)
  .query(({ ctx, input }) => reportOf(createShopHandler(ctx).look(input), look));
export const handlerInMutation = c.mutation
  .input(offer)
  .mutation(({ ctx, input }) => reportOf(createShopHandler(ctx).buy(input), buy));
export const callerInQuery = c.query
  .input(offer)
  .query(({ ctx, input }) => reportOf(createShopCaller(ctx).look(input), look));
export const callerInMutation = c.mutation
  .input(offer)
  .mutation(({ ctx, input }) => reportOf(createShopCaller(ctx).buy(input), buy));
export const queryInAction = c.action
  .input(offer)
  .action(({ ctx, input }) => reportOf(createShopCaller(ctx).look(input), look));
export const mutationInAction = c.action
  .input(offer)
  .action(({ ctx, input }) => reportOf(createShopCaller(ctx).buy(input), buy));
export const actionInAction = c.action
  .input(offer)
  .action(({ ctx, input }) => reportOf(createShopCaller(ctx).actions.order(input), order));

/** The data of what is told apart by its code, which type-checks because the promise knows its errors. */
export const typed = c.mutation.mutation(async ({ ctx }) => {
  const [error] = await safe(createShopCaller(ctx).buy({ kind: 'data' }));
  return error?.code === 'OUT_OF_STOCK' ? error.data.since.getTime() : null;
});
