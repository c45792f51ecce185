import { mutationGeneric } from 'convex/server';
import type { FunctionReference } from 'convex/server';
import { v } from 'convex/values';
import { expectTypeOf } from 'vitest';
import { initCRPC } from '../procedure/init.ts';
import type { NoErrors } from '../shared/type-procedure.ts';
import type { EncodedDate } from '../wire/encoded.ts';
import type { ApiFunction } from './api-function.ts';

const c = initCRPC.create();
const now = c.action.action(() => new Date());
const plain = mutationGeneric({ args: { n: v.number() }, handler: async () => {} });

// A procedure's leaf is a plain reference to what travels, and knows what callers hold.
type Now = ApiFunction<typeof now>;
expectTypeOf<Now>().toExtend<
  FunctionReference<'action', 'public', Record<string, never>, EncodedDate>
>();
expectTypeOf<Now['~crpc']['type']>().toEqualTypeOf<'action'>();
expectTypeOf<NonNullable<Now['~crpc']['types']>['output']>().toEqualTypeOf<Date>();

// An internal one is nobody's but a trusted server's.
const hidden = c.query.internal().query(() => 1);
type Hidden = ApiFunction<typeof hidden>;
expectTypeOf<Hidden>().toExtend<FunctionReference<'query', 'internal'>>();
expectTypeOf<Hidden>().not.toExtend<FunctionReference<'query', 'public'>>();

// Functions made by Convex's own builders have leaves of the same kind.
type Plain = ApiFunction<typeof plain>;
expectTypeOf<Plain>().toExtend<FunctionReference<'mutation', 'public', { n: number }, null>>();
expectTypeOf<NonNullable<Plain['~crpc']['types']>>().toEqualTypeOf<{
  readonly input: { n: number };
  readonly output: null;
  readonly errors: NoErrors;
}>();

// Anything else has none.
expectTypeOf<ApiFunction<string>>().toBeNever();
