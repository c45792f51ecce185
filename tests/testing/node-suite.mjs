// A suite for `node --test` and `bun test`; `quickstart.test.ts` and `runtimes.test.ts` run it.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { makeFunctionReference } from 'convex/server';
import { createApi } from 'kitcn/crpc';
import { convexTest, createTestBackend } from 'kitcn/test';

process.chdir(new URL('../../examples/quickstart', import.meta.url).pathname);

test('the project in the working directory', async () => {
  const api = createApi({ user: { list: { type: 'query' }, create: { type: 'mutation' } } });
  await using t = await createTestBackend({ api, now: 1_000 });
  await t.caller.user.create({ name: 'Ada', email: 'ada@example.com' });
  const [user] = await t.caller.user.list({});
  assert.equal(user.createdAt.getTime(), 1_000);
});

test('convexTest', async () => {
  const t = convexTest();
  const list = makeFunctionReference('items/queries:list');
  assert.deepEqual(await t.query(list, {}), []);
});
