import { defineSchema, defineTable } from 'convex/server';
import type {
  DataModelFromSchemaDefinition,
  FunctionArgs,
  FunctionReturnType,
  GenericMutationCtx,
  GenericQueryCtx,
} from 'convex/server';
import { v } from 'convex/values';
import { expectTypeOf } from 'vitest';
import { z } from 'zod';
import type { ApiFunction } from '../api/api-function.ts';
import type { EncodedDate } from '../wire/encoded.ts';
import type { TypeMessage } from './builder-types.ts';
import { initCRPC } from './init.ts';

const schema = defineSchema({ user: defineTable({ name: v.string() }) });
type DataModel = DataModelFromSchemaDefinition<typeof schema>;

const c = initCRPC.meta<{ role: 'admin' | 'user' }>().create();

// The handler's input is what the schemas make; the caller's is what they take.
const withInput = c.query
  .input(z.object({ at: z.date(), n: z.string().transform(Number) }))
  .input(z.object({ size: z.number().default(10) }))
  .query(({ input }) => {
    expectTypeOf(input).toEqualTypeOf<{ at: Date; n: number } & { size: number }>();
    return { at: input.at };
  });
type WithInput = ApiFunction<typeof withInput>;
type Types = NonNullable<WithInput['~crpc']['types']>;
expectTypeOf<Types['input']>().toExtend<{ at: Date; n: string; size?: number | undefined }>();
expectTypeOf<Types['output']>().toEqualTypeOf<{ at: Date }>();

// A plain Convex client sees what travels.
expectTypeOf<FunctionArgs<WithInput>>().toExtend<{ at: EncodedDate; n: string }>();
expectTypeOf<FunctionReturnType<WithInput>>().toEqualTypeOf<{ at: EncodedDate }>();

// A declared output binds the handler and is what callers receive.
c.query.output(z.object({ at: z.date() })).query(() => ({ at: new Date() }));
// @ts-expect-error a string is not a Date
c.query.output(z.object({ at: z.date() })).query(() => ({ at: 'now' }));
const nothing = c.mutation.mutation(() => {});
expectTypeOf<
  NonNullable<ApiFunction<typeof nothing>['~crpc']['types']>['output']
>().toEqualTypeOf<null>();

// Misuse is a message.
expectTypeOf(c.query.mutation).toEqualTypeOf<
  TypeMessage<'This builder makes a query: end it with .query(handler)'>
>();
// @ts-expect-error a query builder has no mutation to call
c.query.mutation(() => 1);
// @ts-expect-error the output is declared once
c.query.output(z.null()).output(z.null());
// @ts-expect-error no such role
c.query.meta({ role: 'guest' });

// Middleware adds to the context, and only adds.
const own = initCRPC.dataModel<DataModel>().create();
const signedIn = own.middleware(async ({ ctx, next }) => {
  expectTypeOf(ctx).toEqualTypeOf<GenericQueryCtx<DataModel> & object>();
  return next({ ctx: { ...ctx, user: { name: 'Ada' } } });
});
own.mutation.use(signedIn).mutation(({ ctx }) => {
  expectTypeOf(ctx.user).toEqualTypeOf<{ name: string }>();
  expectTypeOf(ctx.db).toEqualTypeOf<GenericMutationCtx<DataModel>['db']>();
});
own.query
  .use(async ({ next }) => next())
  .query(({ ctx }) => {
    expectTypeOf(ctx).toEqualTypeOf<GenericQueryCtx<DataModel> & object>();
    // @ts-expect-error nothing added it
    return ctx.user;
  });
own.query
  .use(async ({ input, next }) => {
    expectTypeOf(input).toEqualTypeOf<unknown>();
    return next();
  })
  .input(z.object({ id: z.string() }))
  .use(async ({ input, next }) => {
    expectTypeOf(input).toEqualTypeOf<{ id: string }>();
    return next();
  })
  .query(() => 1);

// Without a data model nothing of the database is `any`.
c.query.query(({ ctx }) => {
  expectTypeOf(ctx).not.toBeAny();
});
