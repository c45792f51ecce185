import { defineSchema, defineTable, makeFunctionReference } from 'convex/server';
import type { DataModelFromSchemaDefinition } from 'convex/server';
import { v } from 'convex/values';
import { expectTypeOf, test } from 'vitest';
import type { ApiLeaf } from '../api/api-function.ts';
import { convexTest } from './convex-test.ts';
import { createTestBackend } from './create-test-backend.ts';

interface Api {
  readonly user: { readonly list: ApiLeaf<'query', { after?: Date }, Date[]> };
}
interface Internal {
  readonly jobs: { readonly run: ApiLeaf<'action', { force: boolean }, null, 'internal'> };
}
declare const api: Api;
declare const internal: Internal;

const schema = defineSchema({ user: defineTable({ name: v.string() }) });
type DataModel = DataModelFromSchemaDefinition<typeof schema>;

test('callers have the types of the trees', async () => {
  const t = await createTestBackend({ api, internal });
  expectTypeOf(await t.caller.user.list()).toEqualTypeOf<Date[]>();
  expectTypeOf(await t.asUser({ name: 'Ada' }).internal.jobs.run({ force: true })).toBeNull();
  // @ts-expect-error `force` is missing
  void t.internal.jobs.run({});
  // @ts-expect-error internal procedures are not public
  void t.caller.jobs;
});

test('without a tree there is nothing to call', async () => {
  const t = await createTestBackend();
  // @ts-expect-error no `api` was given
  void t.caller.user;
});

test('run has a typed database if it is told of the data model', async () => {
  const t = await createTestBackend<Api, Internal, DataModel>({ api, internal });
  const user = await t.run((ctx) => ctx.db.query('user').first());
  expectTypeOf(user?.name).toEqualTypeOf<string | undefined>();
  // @ts-expect-error a name is text
  void t.run((ctx) => ctx.db.insert('user', { name: 1 }));
});

test('convexTest knows the schema, references and inline functions', async () => {
  const t = convexTest(schema);
  const list = makeFunctionReference<'query', { limit: number }, string[]>('user:list');
  expectTypeOf(await t.query(list, { limit: 1 })).toEqualTypeOf<string[]>();
  const user = await t.query(async (ctx) => ctx.db.query('user').first());
  expectTypeOf(user?.name).toEqualTypeOf<string | undefined>();
  expectTypeOf(await t.run(async () => new Date())).toEqualTypeOf<Date>();
  // @ts-expect-error `limit` is a number
  void t.query(list, { limit: 'one' });
  // @ts-expect-error a query is no mutation
  void t.mutation(list, { limit: 1 });
  // @ts-expect-error queries do not write
  void t.query((ctx) => ctx.db.insert('user', { name: 'Ada' }));
});
