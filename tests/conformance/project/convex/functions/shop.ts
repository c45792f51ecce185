import { CRPCError } from 'kitcn/crpc';
import type { ErrorMakers } from 'kitcn/server';
import { z } from 'zod';
import { c } from '../lib/crpc';
import { offer, offers, stock } from '../lib/offers';

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
