import { v } from 'convex/values';
import { Hono } from 'hono';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { initCRPC } from '../procedure/init.ts';
import type { RouteTree } from '../procedure/route-types.ts';
import { createHttpRouter } from './create-http-router.ts';
import { serve } from './serve.fixture.ts';

const c = initCRPC.create();
const http = c.httpAction;
const id = z.object({ id: z.string() });

const define = (tree: unknown): unknown =>
  createHttpRouter(new Hono(), c.router(tree as RouteTree));

test('is a router of Convex’s, which lists its routes under the names that callers use', () => {
  const users = c.router({
    get: http
      .get('/users/:id')
      .params(id)
      .query(() => 1),
  });
  const router = createHttpRouter(
    new Hono(),
    c.router({ users, admin: { health: http.get('/health').query(() => 1) } }),
  );
  expect(router.isRouter).toBe(true);
  expect(router.getRoutes().map(([path, method]) => `${method} ${path}`)).toEqual([
    'GET /health',
    'GET /users/:id',
  ]);
  expect(router['~crpc'].routes.map(({ name }) => name.join('.'))).toEqual([
    'admin.health',
    'users.get',
  ]);
});

test('a special path answers before a general one, wherever it stands', async () => {
  const send = serve(
    c.router({
      any: http
        .get('/users/:id')
        .params(id)
        .query(() => 'any'),
      numbered: http
        .get('/users/:id{[0-9]+}')
        .params(id)
        .query(() => 'numbered'),
      me: http.get('/users/me').query(() => 'me'),
    }),
  );
  const answers = ['/users/me', '/users/12', '/users/ada'].map(async (path) =>
    (await send(path)).json(),
  );
  expect(await Promise.all(answers)).toEqual(['me', 'numbered', 'any']);
});

test.each<[string, () => unknown, string]>([
  [
    'two routes on one path',
    () =>
      define({
        users: {
          get: http
            .get('/users/:id')
            .params(id)
            .query(() => 1),
        },
        people: {
          find: http
            .get('/users/:name')
            .params(z.object({ name: z.string() }))
            .query(() => 1),
        },
      }),
    'users.get (GET /users/:id) and people.find (GET /users/:name) answer the same requests',
  ],
  [
    'a path without .params()',
    () => define({ get: loosely('/users/:id').query(() => 1) }),
    'get (GET /users/:id): .params() lacks id',
  ],
  [
    'a parameter that is not in the schema',
    () =>
      define({
        get: loosely('/teams/:team/:id')
          .params(id)
          .query(() => 1),
      }),
    '.params() lacks team',
  ],
  [
    'a declared parameter that is not in the path',
    () =>
      define({
        get: loosely('/users')
          .params(v.object({ id: v.string() }))
          .query(() => 1),
      }),
    'get (GET /users): its path has no :id',
  ],
  [
    'two parameters of one name',
    () =>
      define({
        get: loosely('/a/:id/b/:id')
          .params(id)
          .query(() => 1),
      }),
    'two parameters have one name',
  ],
  [
    'a body of two kinds',
    () =>
      define({
        post: http
          .post('/')
          .input(id)
          .form(id)
          .mutation(() => 1),
      }),
    'by .input() or by .form(), not by both',
  ],
  [
    'a body of a GET',
    () =>
      define({
        get: http
          .get('/')
          .input(id)
          .query(() => 1),
      }),
    'a GET has no body',
  ],
  ['a wildcard', () => define({ get: http.get('/a/*').query(() => 1) }), 'a path is made of texts'],
  ['no route', () => define({ a: { b: c.query.query(() => 1) } }), 'a.b is no route'],
])('%s is refused where it is defined', (_, definition, message) => {
  expect(definition).toThrow(message);
});

/** A path whose parameters types do not know. */
function loosely(path: string) {
  return http.get(path as `/${string}`);
}
