import { z } from 'zod';
import { c } from '../lib/crpc';
import { offer, offers, stock } from '../lib/offers';
import { createShopCaller } from './generated/shop.runtime';

/** Declares nothing: what it calls fails with a code that callers of this one do not know. */
export const passOn = c.mutation
  .input(offer)
  .output(z.null())
  .mutation(({ ctx, input }) => createShopCaller(ctx).buy(input));
/** Declares one of the codes with other data than what it calls. */
export const passOnOther = c.mutation
  .errors({ OUT_OF_STOCK: { status: 400, data: z.object({ shop: z.string() }) } })
  .input(offer)
  .output(z.null())
  .mutation(({ ctx, input }) => createShopCaller(ctx).buy(input));
/** Declares the very same. */
export const passOnSame = c.mutation
  .errors(stock)
  .errors(offers)
  .input(offer)
  .output(z.null())
  .mutation(({ ctx, input }) => createShopCaller(ctx).buy(input));
