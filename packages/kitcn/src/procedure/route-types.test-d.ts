import type { GenericActionCtx, GenericDataModel } from 'convex/server';
import { v } from 'convex/values';
import type { Context } from 'hono';
import { expectTypeOf } from 'vitest';
import { z } from 'zod';
import type { inferErrors, inferInput, inferOutput } from './infer-types.ts';
import { initCRPC } from './init.ts';
import type { Route } from './route-types.ts';

const c = initCRPC
  .context({ action: () => ({ started: new Date() }) })
  .meta<{ role: 'admin' | 'user' }>()
  .create();
const http = c.httpAction;

// A handler gets what was declared, and no more.
const plain = http.get('/health').query(({ ctx, c: hono, meta, errors, ...rest }) => {
  expectTypeOf(ctx).toEqualTypeOf<GenericActionCtx<GenericDataModel> & { started: Date }>();
  expectTypeOf(hono).toEqualTypeOf<Context>();
  expectTypeOf(meta.role).toEqualTypeOf<'admin' | 'user' | undefined>();
  expectTypeOf(errors).toEqualTypeOf<{}>();
  expectTypeOf(rest).toEqualTypeOf<{}>();
});
expectTypeOf(plain).toEqualTypeOf<Route<'query', Record<never, never>, null>>();

const search = http
  .get('/teams/:team/users/:id{[0-9]+}')
  .params(z.object({ team: z.string(), id: z.coerce.number<number>() }))
  .searchParams(z.object({ limit: z.number().default(10), since: z.date().optional() }))
  .query(({ params, searchParams }) => {
    expectTypeOf(params).toEqualTypeOf<{ team: string; id: number }>();
    expectTypeOf(searchParams).toEqualTypeOf<{ limit: number; since?: Date | undefined }>();
    return [{ at: new Date() }];
  });
expectTypeOf<inferInput<typeof search>>().toExtend<{
  params: { team: string; id: number };
  searchParams?: { limit?: number | undefined; since?: Date | undefined };
}>();
expectTypeOf<{ params: { team: string; id: number } }>().toExtend<inferInput<typeof search>>();
expectTypeOf<{ params: { team: string } }>().not.toExtend<inferInput<typeof search>>();
expectTypeOf<inferOutput<typeof search>>().toEqualTypeOf<{ at: Date }[]>();

const create = http
  .post('/users')
  .input(v.object({ name: v.string() }))
  .output(z.string().transform((id) => id.length))
  .mutation(({ input }) => {
    expectTypeOf(input).toEqualTypeOf<{ name: string }>();
    return 'id';
  });
expectTypeOf<inferInput<typeof create>>().toExtend<{ input: { name: string } }>();
expectTypeOf<inferOutput<typeof create>>().toEqualTypeOf<number>();
expectTypeOf<(typeof create)['~crpc']['type']>().toEqualTypeOf<'mutation'>();

// What a handler makes itself, callers get as it is.
const file = http.get('/file').query(() => new Response('text'));
expectTypeOf<inferOutput<typeof file>>().toEqualTypeOf<Response>();
const maybe = http.get('/maybe').query(() => (Math.random() > 1 ? new Response('') : { a: 1 }));
expectTypeOf<inferOutput<typeof maybe>>().toEqualTypeOf<Response | { a: number }>();

http
  .post('/with-output')
  .output(z.object({ id: z.string() }))
  // @ts-expect-error: a declared result is what the handler returns
  .mutation(() => ({ id: 1 }));

// The parameters of the path and of the schema are the same.
// @ts-expect-error: the path's is not declared
http.get('/users/:id').query(() => 1);
// @ts-expect-error: the schema has another
http.get('/users/:id').params(z.object({ id: z.string(), team: z.string() }));
// @ts-expect-error: the schema lacks one
http.get('/teams/:team/users/:id').params(z.object({ id: z.string() }));
// @ts-expect-error: a path begins with a slash
http.get('users');
// @ts-expect-error: parameters have names
http.get('/users/:id').params(z.string());

// Middleware adds to the context, sees the parts above it, and is shared with procedures.
const tracing = c.middleware<{ started: Date }>()(async ({ next }) => next({ ctx: { trace: '' } }));
http
  .use(tracing)
  .get('/users/:id')
  .params(z.object({ id: z.string() }))
  .use(async ({ ctx, params, c: hono, next }) => {
    expectTypeOf(ctx.trace).toEqualTypeOf<string>();
    expectTypeOf(params.id).toEqualTypeOf<string>();
    expectTypeOf(hono).toEqualTypeOf<Context>();
    return next({ ctx: { own: 1 } });
  })
  .query(({ ctx }) => {
    expectTypeOf(ctx.own).toEqualTypeOf<number>();
    expectTypeOf(ctx.trace).toEqualTypeOf<string>();
  });
const ofQueries = c.middleware(async ({ ctx, next }) => next({ ctx: { first: ctx.db } }));
// @ts-expect-error: a route has no database
http.use(ofQueries);

// Routers keep the names and types of their routes; what is no route is refused.
const router = c.router({ users: c.router({ search }), health: plain });
expectTypeOf(router['~routes'].users['~routes'].search).toEqualTypeOf(search);
expectTypeOf(router['~routes'].health).toEqualTypeOf(plain);
// @ts-expect-error: a procedure is no route
c.router({ list: c.query.query(() => 1) });

// Declared errors reach handler and middleware, and whoever catches them.
const declarations = { OUT_OF_STOCK: { status: 409, data: z.object({ left: z.number() }) } };
const buy = http
  .errors({ CLOSED: { status: 423 } })
  .post('/shop/buy')
  .errors(declarations)
  .use(async ({ errors, next }) => {
    expectTypeOf(errors.OUT_OF_STOCK).toBeCallableWith({ left: 0 });
    return next();
  })
  .output(z.null())
  .errors({ LATER: { status: 425 } })
  .mutation(({ errors }) => {
    expectTypeOf(errors.OUT_OF_STOCK({ left: 1 }).data).toEqualTypeOf<{ left: number }>();
    errors.CLOSED();
    errors.LATER();
    // @ts-expect-error: data of another type
    errors.OUT_OF_STOCK({ left: '1' });
    // @ts-expect-error: no such error
    errors.MISSING();
    return null;
  });
expectTypeOf<inferErrors<typeof buy>>().branded.toEqualTypeOf<{
  CLOSED: undefined;
  OUT_OF_STOCK: { left: number };
  LATER: undefined;
}>();
expectTypeOf<inferErrors<typeof plain>>().toEqualTypeOf<{}>();
http.errors({
  // @ts-expect-error: a code of the table
  NOT_FOUND: { status: 404 },
});
http
  .get('/twice')
  .errors(declarations)
  .errors({
    // @ts-expect-error: declared already
    OUT_OF_STOCK: { status: 409 },
  });
const limiting = c.middleware<object, typeof declarations>()(async ({ next }) =>
  next({ ctx: { isLimited: true } }),
);
http.errors(declarations).use(limiting);
// @ts-expect-error: nothing declares what it throws
http.use(limiting);
