import { expect, test } from 'vitest';
import { SERVER, bundleSources, temporaryHost } from './temporary-host.fixture.ts';

const GOOD = `${SERVER} export const version = query(() => 'good');`;
const ADD = `${SERVER} export const add = mutation((ctx, row) => ctx.db.insert('rows', row));`;

test.each([
  [
    'a module that throws',
    { app: `\n\nconst a = 1;\nthrow new Error('no luck');` },
    'convex/app:4:7: no luck',
  ],
  ['a schema that throws', { app: GOOD, schema: `null.tables;` }, 'convex/schema:1:'],
  ['a schema that is none', { app: GOOD, schema: `export default {};` }, 'schema:'],
  ['a router that is none', { app: GOOD, http: `export default 1;` }, 'http:'],
  [
    'bad providers',
    { app: GOOD, 'auth.config': `export default { providers: [{}] };` },
    'providers[0].domain',
  ],
  [
    'a schema that documents break',
    {
      app: GOOD,
      schema: `${SERVER} export default defineSchema({ rows: defineTable({ a: v.string() }) });`,
    },
    'rows',
  ],
])('%s is refused, the old code stays', async (_name, sources, words) => {
  await using host = await temporaryHost({ app: GOOD, rows: ADD });
  await host.value('rows:add', { a: 1 });
  await expect(host.push(sources as Record<string, string>)).rejects.toMatchObject({
    name: 'BackendError',
    message: expect.stringContaining(words),
  });
  expect(await host.value('app:version')).toBe('good');
});

test('a push answers what it found', async () => {
  await using host = await temporaryHost({ app: GOOD });
  const bundle = await bundleSources({
    app: GOOD,
    'auth.config': `export default { providers: [
      { domain: process.env.CONVEX_CLOUD_URL, applicationID: 'app' },
      { type: 'customJwt', issuer: 'https://i', jwks: 'data:,', algorithm: 'ES256' },
    ] };`,
  });
  expect(await host.host.push(bundle)).toEqual({
    functionCount: 1,
    authProviders: [
      { type: 'oidc', domain: 'http://127.0.0.1:3210', applicationID: 'app' },
      { type: 'customJwt', issuer: 'https://i', jwks: 'data:,', algorithm: 'ES256' },
    ],
  });
});

test('a call that runs finishes on the code it began with', async () => {
  const code = (version: string) => `${SERVER}
    export const version = query(() => '${version}');
    export const slow = action(async (ctx) => {
      await new Promise((resolve) => setTimeout(resolve, 200));
      return ctx.runQuery(ref('app:version'));
    });`;
  await using host = await temporaryHost({ app: code('old') });
  const running = host.value('app:slow');
  await host.push({ app: code('new') });
  expect(await host.value('app:version')).toBe('new');
  expect(await running).toBe('old');
});

test('the schema is enforced', async () => {
  const schema = `${SERVER} export default defineSchema({ rows: defineTable({ a: v.string() }) });`;
  await using host = await temporaryHost({ rows: ADD, schema });
  await host.value('rows:add', { a: 'text' });
  expect((await host.failure('rows:add', { a: 1 })).message).toContain('does not match the schema');
});

test('a mutation that waits for a push runs its code', async () => {
  const sources = (version: string) => ({
    schema: `${SERVER} export default defineSchema({
      rows: defineTable({ k: v.number() }).index('by_${version}', ['k']),
    });`,
    app: `${SERVER}
      export const look = mutation(async (ctx) => {
        await ctx.db.query('rows').withIndex('by_${version}').first();
        return '${version}';
      });
      export const fill = mutation(async (ctx) => {
        for (let k = 0; k < 4000; k++) await ctx.db.insert('rows', { k });
      });`,
  });
  await using host = await temporaryHost(sources('old'));
  await host.value('app:fill');
  let isOver = false;
  const pushing = host.push(sources('new')).finally(() => (isOver = true));
  const looking: Promise<unknown>[] = [];
  while (!isOver) {
    // The old code fails without its index.
    looking.push(host.value('app:look'));
    await new Promise((resolve) => void setTimeout(resolve, 2));
  }
  await pushing;
  expect(await Promise.all(looking)).toContain('new');
});

test('a live page starts over where a push has changed its query', async () => {
  const page = (order: string) => ({
    app: `${SERVER}
      export const add = mutation(async (ctx) => void (await ctx.db.insert('rows', {})));
      export const page = query(async (ctx) => {
        const paged = await ctx.db.query('rows').order('${order}').paginate({ cursor: null, numItems: 1 });
        return paged.page.length;
      });`,
  });
  await using host = await temporaryHost(page('asc'));
  await host.value('app:add');
  const set = host.host.openLiveQueries({ onStale() {}, onLost() {} });
  const nobody = { identity: null, isAdmin: true, notBefore: 0n };
  const query = { id: 1, path: 'app:page', args: {}, journal: null };
  await set.advance({ ...nobody, add: [query], remove: [] });
  await host.push(page('desc'));
  await host.value('app:add');
  const { changed } = await set.advance({ ...nobody, add: [], remove: [] });
  expect(changed).toMatchObject([{ id: 1, members: expect.stringContaining('"value":1') }]);
});
