import { queryGeneric } from 'convex/server';
import { v } from 'convex/values';
import { expectTypeOf } from 'vitest';
import { z } from 'zod';
import type { ApiFunction } from '../api/api-function.ts';
import type { inferInput, inferOutput } from './infer-types.ts';
import { initCRPC } from './init.ts';

const c = initCRPC.create();
const get = c.query
  .input(z.object({ at: z.date(), n: z.string().transform(Number) }))
  .query(({ input }) => ({ at: input.at }));
const rename = c.mutation.mutation(() => {});
const plain = queryGeneric({ args: { n: v.number() }, handler: async (_, { n }) => n > 0 });
const teams = { get, rename, plain, LIMIT: 5, helper: () => 1 };

// A procedure: what callers pass and receive, not what travels.
expectTypeOf<inferInput<typeof get>>().toEqualTypeOf<{ at: Date; n: string }>();
expectTypeOf<inferOutput<typeof get>>().toEqualTypeOf<{ at: Date }>();
expectTypeOf<inferOutput<typeof rename>>().toEqualTypeOf<null>();
expectTypeOf<inferInput<typeof plain>>().toEqualTypeOf<{ n: number }>();
expectTypeOf<inferOutput<typeof plain>>().toEqualTypeOf<boolean>();

// A module, without what is not a function of Convex.
expectTypeOf<inferInput<typeof teams>['get']>().toEqualTypeOf<{ at: Date; n: string }>();
expectTypeOf<keyof inferOutput<typeof teams>>().toEqualTypeOf<'get' | 'rename' | 'plain'>();

// The api, at any depth.
interface Api {
  org: { teams: { get: ApiFunction<typeof get> } };
}
expectTypeOf<inferInput<Api>['org']['teams']['get']>().toEqualTypeOf<{ at: Date; n: string }>();
expectTypeOf<inferOutput<Api['org']['teams']['get']>>().toEqualTypeOf<{ at: Date }>();
expectTypeOf<inferInput<typeof get>>().not.toBeAny();
