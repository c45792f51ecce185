import { queryGeneric } from 'convex/server';
import { ConvexError } from 'convex/values';
import { CRPCError } from 'kitcn/crpc';
import { z } from 'zod';
import { c } from '../lib/crpc';

/** An array in an array and so on, so many of them. */
function nest(levels: number): unknown {
  let value: unknown = 'x';
  for (let level = 0; level < levels; level += 1) value = [value];
  return value;
}

export const large = c.query
  .input(z.object({ bytes: z.number() }))
  .query(({ input }) => 'x'.repeat(input.bytes));
export const deep = c.query
  .input(z.object({ levels: z.number() }))
  .query(({ input }) => nest(input.levels));

const failing = c.query.errors({ HUGE: { status: 400, data: z.object({ value: z.any() }) } });

export const failLarge = failing
  .input(z.object({ bytes: z.number() }))
  .query(({ errors, input }) => {
    throw errors.HUGE({ value: 'x'.repeat(input.bytes) });
  });
export const failDeep = failing.input(z.object({ levels: z.number() })).query(({ input }) => {
  throw new CRPCError({ code: 'HUGE', data: { value: nest(input.levels) } });
});

/** What a deployment with other codecs might send. */
export const foreignResult = queryGeneric({
  args: {},
  handler: async () => ({ a: [{ __crpc_Temporal: '2026' }] }),
});
export const brokenResult = queryGeneric({
  args: {},
  handler: async () => ({ a: [{ __crpc_Date: 'today' }] }),
});
export const brokenErrorData = queryGeneric({
  args: {},
  handler: async () => {
    const data = { a: [{ __crpc_Date: 'today' }] };
    throw new ConvexError({ __crpc: 1, code: 'CONFLICT', message: 'm', data });
  },
});
