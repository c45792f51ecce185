import { fileURLToPath } from 'node:url';
import { convexTest, createTestBackend } from 'kitcn/test';
import type { TestModules } from 'kitcn/test';
import { expect, test } from 'vitest';
import schema from '../../examples/quickstart/convex/functions/schema';
import { api, internal } from '../../examples/quickstart/convex/shared/api';
import { runProgram } from '../run-program.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const QUICKSTART = `${ROOT}/examples/quickstart`;

// vitest puts the loaders of the files there.
const modules = (import.meta as unknown as { glob(pattern: string): TestModules }).glob(
  '../../examples/quickstart/convex/functions/**/*.ts',
);

const NOW = Date.UTC(2030, 0);

test.each([
  ['modules that the test runner loads', { modules }],
  ['a project that is bundled', { projectDir: QUICKSTART }],
])('the quickstart runs from %s', async (_, source) => {
  await using t = await createTestBackend({ ...source, api, internal, now: NOW });
  const id = await t.caller.user.create({ name: 'Ada', email: 'ada@example.com' });
  expect(await t.caller.user.getById({ id })).toEqual({
    id,
    name: 'Ada',
    email: 'ada@example.com',
    createdAt: new Date(NOW),
  });
  const route = await t.caller.http.users.get({ params: { id } });
  expect(route).toEqual({ name: 'Ada', createdAt: new Date(NOW) });
  const { name, email } = { name: 'Eve', email: 'ada@example.com' };
  await expect(t.caller.user.create({ name, email })).rejects.toMatchObject({ code: 'CONFLICT' });
  await expect(t.caller.user.names({ cursor: 'of another query' })).rejects.toMatchObject({
    code: 'BAD_REQUEST',
    message: expect.stringContaining('cursor'),
  });
  await t.caller.items.writes.add({ title: 'Difference Engine' });
  expect(await t.clock.advance(0)).toEqual({ left: [] });
  expect(await t.caller.items.queries.list({})).toMatchObject([
    { title: 'Difference Engine', searchText: 'difference engine' },
  ]);
  expect(await t.internal.jobs.reindex({ force: false })).toEqual({
    indexed: 0,
    at: new Date(NOW),
  });
});

test('a suite for convex-test runs on the quickstart', async () => {
  const t = convexTest(schema, modules);
  const id = await t.run((ctx) => ctx.db.insert('item', { title: 'Loom' }));
  expect(await t.query((ctx) => ctx.db.get(id))).toMatchObject({ title: 'Loom' });
  expect(await t.action(internal.jobs.reindex, { force: true })).toMatchObject({ indexed: 1 });
  expect(await t.query(api.items.queries.list, {})).toMatchObject([{ searchText: 'loom' }]);
});

test('it runs under node:test', async () => {
  const { code, stdout, stderr } = await runProgram(
    process.execPath,
    ['--test', 'tests/testing/node-suite.mjs'],
    { cwd: ROOT },
  );
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toMatch(/pass 2\n/);
});
