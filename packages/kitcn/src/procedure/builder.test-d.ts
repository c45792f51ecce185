import { defineSchema, defineTable } from 'convex/server';
import type {
  DataModelFromSchemaDefinition,
  FunctionArgs,
  FunctionReturnType,
  GenericMutationCtx,
  GenericQueryCtx,
} from 'convex/server';
import type { ApiFromModules, PaginationOptions } from 'convex/server';
import type { PaginatedQueryArgs, PaginatedQueryItem, PaginatedQueryReference } from 'convex/react';
import { v } from 'convex/values';
import type { GenericId } from 'convex/values';
import { expectTypeOf } from 'vitest';
import { z } from 'zod';
import type { ApiFunction } from '../api/api-function.ts';
import type { EncodedDate } from '../wire/encoded.ts';
import type { TypeMessage } from './type-message.ts';
import { initCRPC } from './init.ts';
import type { inferInput, inferOutput } from './infer-types.ts';
import type { StandardSchema } from './schema.ts';

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

// A type that is an array of itself ends, and what travels of it is the same.
const withJson = c.query
  .input(z.object({ data: z.json() }))
  .output(z.object({ data: z.json(), at: z.date() }))
  .query(({ input }) => ({ data: input.data, at: new Date() }));
type Json = z.infer<z.ZodJSONSchema>;
expectTypeOf<FunctionArgs<ApiFunction<typeof withJson>>>().toEqualTypeOf<{ data: Json }>();
expectTypeOf<inferOutput<typeof withJson>>().toEqualTypeOf<{ data: Json; at: Date }>();
// @ts-expect-error a Date is no JSON
c.query.output(z.json()).query(() => ({ at: new Date() }));

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
expectTypeOf(c.query.input(z.string())).toExtend<
  TypeMessage<`.input() takes an object schema${string}`>
>();
expectTypeOf(c.query.output(z.number().optional())).toExtend<
  TypeMessage<`.output() cannot be optional${string}`>
>();
expectTypeOf(c.query.output(z.null()).output).toExtend<
  TypeMessage<`The output is declared already${string}`>
>();
expectTypeOf(c.mutation.paginated).toEqualTypeOf<TypeMessage<'Only queries are paginated'>>();
// @ts-expect-error another library's schema needs the Convex validator of the arguments
c.query.input({} as StandardSchema<{ a: string }, { a: number }>).query(() => 1);
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

// Other libraries' schemas and Convex's validators, merged with Zod's.
c.query
  .input({} as StandardSchema<{ a: string }, { a: number }>, { args: v.object({ a: v.string() }) })
  .input(v.object({ b: v.optional(v.id('user')) }))
  .input(z.object({ c: z.date() }))
  .query(({ input }) => {
    expectTypeOf(input.a).toEqualTypeOf<number>();
    expectTypeOf(input.b).toEqualTypeOf<GenericId<'user'> | undefined>();
    expectTypeOf(input.c).toEqualTypeOf<Date>();
  });
c.query.output(v.object({ n: v.number() })).query(() => ({ n: 1 }));
// @ts-expect-error n is a number
c.query.output(v.object({ n: v.number() })).query(() => ({ n: '1' }));

// A paginated query is one for Convex's hooks and one with a flat cursor for our callers.
const page = c.query
  .input(z.object({ teamId: z.string() }))
  .paginated({ limit: 20, item: z.object({ at: z.date() }) })
  .query(async ({ input, paginationOpts }) => {
    expectTypeOf(input.cursor).toEqualTypeOf<string | null>();
    expectTypeOf(input.limit).toEqualTypeOf<number>();
    expectTypeOf(input.endCursor).toEqualTypeOf<string | null>();
    expectTypeOf(paginationOpts).toEqualTypeOf<PaginationOptions>();
    expectTypeOf(input.teamId).toEqualTypeOf<string>();
    return { page: [{ at: new Date() }], isDone: true, continueCursor: '' };
  });
type PageReference = ApiFromModules<{ m: { page: typeof page } }>['m']['page'];
expectTypeOf<PageReference>().toExtend<PaginatedQueryReference>();
expectTypeOf<ApiFunction<typeof page>>().toExtend<PaginatedQueryReference>();
expectTypeOf<PaginatedQueryArgs<PageReference>>().toEqualTypeOf<{ teamId: string }>();
expectTypeOf<PaginatedQueryItem<PageReference>>().toEqualTypeOf<{ at: EncodedDate }>();
expectTypeOf<inferInput<typeof page>>().toExtend<{
  teamId: string;
  cursor?: string | null | undefined;
  limit?: number | undefined;
  endCursor?: string | null | undefined;
}>();
expectTypeOf<{ teamId: string }>().toExtend<inferInput<typeof page>>();
expectTypeOf<inferOutput<typeof page>['page']>().toEqualTypeOf<{ at: Date }[]>();
expectTypeOf<inferOutput<typeof page>>().toEqualTypeOf<{
  page: { at: Date }[];
  isDone: boolean;
  continueCursor: string;
  splitCursor?: string | null;
  pageStatus?: 'SplitRecommended' | 'SplitRequired' | null;
}>();
// @ts-expect-error a cursor is a string
expectTypeOf<{ teamId: string; endCursor: number }>().toExtend<inferInput<typeof page>>();
// @ts-expect-error only paginated queries have options of a page
c.query.query(({ paginationOpts }) => paginationOpts);

// What `paginate()` gives is a page.
own.query
  .paginated({ limit: 20, item: z.object({ name: z.string() }) })
  .query(({ ctx, paginationOpts }) => ctx.db.query('user').paginate(paginationOpts));
own.query
  .paginated({ limit: 20, item: z.object({ name: z.string() }) })
  .query(({ ctx, input }) =>
    ctx.db.query('user').paginate({ cursor: input.cursor, numItems: input.limit }),
  );

// A middleware on its own carries what it adds, whatever context it was written for.
const roled = own.middleware<{ user: { name: string } }>()(async ({ ctx, next }) =>
  next({ ctx: { role: ctx.user.name } }),
);
own.mutation.use(signedIn.pipe(roled)).mutation(({ ctx }) => {
  expectTypeOf(ctx.role).toEqualTypeOf<string>();
  expectTypeOf(ctx.user).toEqualTypeOf<{ name: string }>();
  expectTypeOf(ctx.db).toEqualTypeOf<GenericMutationCtx<DataModel>['db']>();
});
// @ts-expect-error nothing before it adds a user
own.mutation.use(roled);

// next() replaces fields of an input whose type is known, and of no other.
own.query
  // @ts-expect-error the input is unknown here
  .use(async ({ next }) => next({ input: { id: 'x' } }))
  .input(z.object({ id: z.string(), n: z.number() }))
  .use(async ({ input, next }) => next({ input: { id: input.id.trim() } }))
  // @ts-expect-error an id is a string
  .use(async ({ next }) => next({ input: { id: 5 } }))
  .query(() => 1);
