import { z } from 'zod';
import { c } from '../lib/crpc';
import { offer, offers, refuse, stock } from '../lib/offers';
import type { Kind } from '../lib/offers';

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
