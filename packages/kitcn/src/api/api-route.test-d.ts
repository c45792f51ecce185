import { expectTypeOf } from 'vitest';
import { z } from 'zod';
import type { TypedHttpRouter } from '../http/create-http-router.ts';
import { initCRPC } from '../procedure/init.ts';
import type { ApiRoute, ApiRouteLeaf } from './api-route.ts';

const c = initCRPC.create();
const get = c.httpAction
  .get('/users/:id')
  .params(z.object({ id: z.string() }))
  .query(({ params }) => ({ ...params, at: new Date() }));
const add = c.httpAction.post('/users').mutation(() => {});
const router = c.router({ users: c.router({ get, by: { name: add } }), add });
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
