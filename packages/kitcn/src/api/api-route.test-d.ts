import { expectTypeOf } from 'vitest';
import { z } from 'zod';
import type { ServerCaller } from '../caller/server-caller.ts';
import { safe } from '../errors/safe.ts';
import type { TypedHttpRouter } from '../http/create-http-router.ts';
import { initCRPC } from '../procedure/init.ts';
import type { inferErrors } from '../procedure/infer-types.ts';
import { isDeclaredError } from '../procedure/is-declared-error.ts';
import type { ApiRoute, ApiRouteLeaf, DeclaringRouteLeaf } from './api-route.ts';

const c = initCRPC.create();
const get = c.httpAction
  .get('/users/:id')
  .params(z.object({ id: z.string() }))
  .query(({ params }) => ({ ...params, at: new Date() }));
const add = c.httpAction.post('/users').mutation(() => {});
const buy = c.httpAction
  .post('/buy')
  .errors({ OUT_OF_STOCK: { status: 409, data: z.object({ left: z.number() }) } })
  .input(z.object({ id: z.string() }))
  .mutation(() => 1);
const router = c.router({ users: c.router({ get, by: { name: add } }), add, buy });
type Http = TypedHttpRouter<(typeof router)['~routes']>;

// A route is found by its name, through routers and plain objects.
expectTypeOf<ApiRoute<Http, ['add']>>().toEqualTypeOf<
  ApiRouteLeaf<'mutation', Record<never, never>, null>
>();
expectTypeOf<ApiRoute<Http, ['users', 'by', 'name']>>().toEqualTypeOf<ApiRoute<Http, ['add']>>();
type Get = ApiRoute<Http, ['users', 'get']>;
expectTypeOf<Get['~crpc']['type']>().toEqualTypeOf<'query'>();
type Types = NonNullable<Get['~crpc']['types']>;
expectTypeOf<Types['output']>().toEqualTypeOf<{ at: Date; id: string }>();
expectTypeOf<{ params: { id: string } }>().toExtend<Types['input']>();
expectTypeOf<{ params: { id: number } }>().not.toExtend<Types['input']>();

// What is no route has no leaf.
expectTypeOf<ApiRoute<Http, ['users']>>().toBeNever();
expectTypeOf<ApiRoute<string, ['users']>>().toBeNever();

// A route that declares errors has a leaf that knows them, and so has its caller.
type Buy = ApiRoute<Http, ['buy']>;
interface Errors {
  OUT_OF_STOCK: { left: number };
}
expectTypeOf<Buy>().toExtend<
  DeclaringRouteLeaf<'mutation', { input: { id: string } }, number, Errors>
>();
expectTypeOf<inferErrors<Buy>>().branded.toEqualTypeOf<Errors>();
expectTypeOf<inferErrors<Get>>().toEqualTypeOf<Record<never, never>>();
declare const caught: unknown;
declare const leaf: Buy;
if (isDeclaredError(caught, leaf)) {
  expectTypeOf(caught.code).toEqualTypeOf<'OUT_OF_STOCK'>();
  expectTypeOf(caught.data).toEqualTypeOf<{ left: number }>();
}
declare const got: Get;
if (isDeclaredError(caught, got)) expectTypeOf(caught).toBeNever();

declare const caller: ServerCaller<{ buy: Buy }>;
async function useCaller(): Promise<void> {
  const [error, data] = await safe(caller.buy({ input: { id: 'a' } }, { timeoutMs: 5 }));
  expectTypeOf(data).toEqualTypeOf<number | undefined>();
  if (error?.code === 'OUT_OF_STOCK') expectTypeOf(error.data).toEqualTypeOf<{ left: number }>();
  // @ts-expect-error: what it reads is missing
  await caller.buy({});
  // @ts-expect-error: a mutation is never sent twice by itself
  await caller.buy({ input: { id: 'a' } }, { retries: 1 });
}
void useCaller;
