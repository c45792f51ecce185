import { CRPCError } from 'kitcn/crpc';
import type { ErrorMakers } from 'kitcn/server';
import { z } from 'zod';
import { c } from '../lib/crpc';
import { createShopCaller } from './generated/shop.runtime';

const stock = {
  OUT_OF_STOCK: {
    status: 409,
    message: 'Nothing is left',
    data: z.object({ left: z.number(), since: z.date(), asked: z.set(z.string()), more: z.any() }),
  },
};
const offers = { EXPIRED: { status: 410 } };

const offer = z.object({
  kind: z.enum(['data', 'plain', 'byHand', 'unfit', 'unsendable', 'table']),
});
type Kind = z.infer<typeof offer>['kind'];

function refuse(kind: Kind, errors: ErrorMakers<typeof stock & typeof offers>): never {
  const data = { left: 0, since: new Date(5), asked: new Set(['a']), more: { __crpc_Date: 1 } };
  switch (kind) {
    case 'data':
      throw errors.OUT_OF_STOCK(data);
    case 'plain':
      throw errors.EXPIRED(undefined, { message: 'Too late', cause: 'hunter2' });
    case 'byHand':
      throw new CRPCError({ code: 'EXPIRED' });
    case 'unfit':
      throw errors.OUT_OF_STOCK({ ...data, left: 'hunter2' as unknown as number });
    case 'unsendable':
      throw errors.OUT_OF_STOCK({ ...data, more: [new WeakMap()] });
    case 'table':
      throw new CRPCError({ code: 'NOT_FOUND' });
  }
}

const query = c.query.errors(stock).errors(offers);
const mutation = c.mutation.errors(stock).errors(offers);
const action = c.action.errors(stock).errors(offers);

/** Each kind of procedure. */
export const look = query
  .input(offer)
  .output(z.null())
  .query(({ errors, input }) => refuse(input.kind, errors));
export const buy = mutation
  .input(offer)
  .output(z.null())
  .mutation(({ errors, input }) => refuse(input.kind, errors));
export const order = action
  .input(offer)
  .output(z.null())
  .action(({ errors, input }) => refuse(input.kind, errors));
/** One without a declared result. */
export const glance = query.input(offer).query(({ errors, input }) => refuse(input.kind, errors));
/** One whose middleware refuses, and whose handler would not. */
export const enter = query
  .use(async ({ errors, getRawInput }) => refuse((getRawInput() as { kind: Kind }).kind, errors))
  .input(offer)
  .query(() => null);

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
export const passOnSame = mutation
  .input(offer)
  .output(z.null())
  .mutation(({ ctx, input }) => createShopCaller(ctx).buy(input));
