import { expect, test } from 'vitest';
import { loadProject } from '../project/project.ts';
import { temporaryProject } from '../project/temporary-project.fixture.ts';
import type { TemporaryProject } from '../project/temporary-project.fixture.ts';
import { Discoverer } from './discover/discoverer.ts';
import type { Discovery } from './discover/discoverer.ts';

const CRPC = `import { initCRPC } from '../functions/generated/server';
export const { query, mutation } = initCRPC.create();
`;
const module = (name: string, output = 'z.string()'): string => `import { z } from 'zod';
import { zid } from 'convex-helpers/server/zod4';
import { query } from '../lib/crpc';
import { shared } from '../lib/shared';
export const ${name} = query.input(z.object({ id: zid('user'), shared })).output(${output}).query(() => { throw 1; });
`;
const SHARED = `import { z } from 'zod';\nexport const shared = z.string();\n`;

const FILES = {
  'tsconfig.json': '{ "compilerOptions": { "paths": { "~/*": ["./lib/*"] } } }',
  'convex/lib/crpc.ts': CRPC,
  'convex/lib/shared.ts': SHARED,
  'convex/functions/teams.ts': module('list'),
  'convex/functions/users.ts': module('list'),
  'convex/functions/plain.ts': `import { query } from './_generated/server';\nexport const one = query({ handler: () => 1 });\n`,
};

interface Session extends AsyncDisposable {
  folder: TemporaryProject;
  /** Writes files, and tells what is discovered after that: by a look at the changes, and by one at the whole. */
  change(files: Record<string, string>): Promise<{ quick: Discovery; whole: Discovery }>;
}

async function session(): Promise<Session> {
  const folder = await temporaryProject(FILES);
  const project = await loadProject(folder.root);
  const lasting = new Discoverer(project, { env: {} });
  await lasting.discover();
  return {
    folder,
    async change(files) {
      await folder.write(files);
      const changed = new Set(Object.keys(files).map((file) => `${folder.root}/${file}`));
      await using fresh = new Discoverer(project, { env: {} });
      return { quick: await lasting.rediscover(changed), whole: await fresh.discover() };
    },
    async [Symbol.asyncDispose]() {
      await lasting[Symbol.asyncDispose]();
      await folder[Symbol.asyncDispose]();
    },
  };
}

test(
  'a look at what has changed finds what a look at the whole finds',
  { timeout: 60_000 },
  async () => {
    await using it = await session();
    const changes = [
      { 'convex/functions/teams.ts': module('all', 'z.array(zid("team"))') },
      { 'convex/lib/shared.ts': SHARED.replace('z.string()', 'z.date().optional()') },
      { 'convex/functions/teams.ts': module('all', 'z.string().brand("Name").min(1)') },
      { 'convex/functions/plain.ts': 'export const none = 1;\n' },
      { 'convex/lib/crpc.ts': `${CRPC}export const more = 1;\n` },
      {
        'convex/functions/users.ts': `import { action } from './_generated/server';\nexport const go = action({ handler: () => 1 });\n`,
      },
    ];
    for (const files of changes) {
      const { quick, whole } = await it.change(files);
      expect(quick.modules).toEqual(whole.modules);
    }
  },
);

test('the watcher sees the modules that a change reaches through other files', async () => {
  await using it = await session();
  const { quick } = await it.change({
    'convex/lib/shared.ts': SHARED.replace('z.string()', 'z.int()'),
  });
  const inputs = quick.modules.flatMap(({ functions }) =>
    functions.map(({ types }) => types.input),
  );
  const shared = { name: 'shared', isOptional: false, type: { kind: 'text', text: 'number' } };
  expect(inputs).toEqual([
    expect.anything(),
    { type: expect.objectContaining({ fields: expect.arrayContaining([shared]) }), recursive: [] },
    { type: expect.objectContaining({ fields: expect.arrayContaining([shared]) }), recursive: [] },
  ]);
});

test('a change that breaks a module is told with its place, and mended by the next one', async () => {
  await using it = await session();
  const broken = { 'convex/functions/teams.ts': `\n\nthrow new RangeError('late');\nexport {};\n` };
  await expect(it.change(broken)).rejects.toMatchObject({
    code: 'MODULE_FAILED',
    file: 'convex/functions/teams.ts',
    line: 3,
  });
  const { quick, whole } = await it.change({ 'convex/functions/teams.ts': module('list') });
  expect(quick.modules).toEqual(whole.modules);
});

test('a change costs a look at the modules that it reaches, and at no other', async () => {
  await using folder = await temporaryProject(FILES);
  await using discoverer = new Discoverer(await loadProject(folder.root), { env: {} });
  await discoverer.discover();
  await folder.write({
    'convex/functions/teams.ts': 'export const = "not looked at";',
    'convex/functions/users.ts': module('all'),
  });
  const { modules } = await discoverer.rediscover(
    new Set([`${folder.root}/convex/functions/users.ts`]),
  );
  expect(modules.map(({ path, functions }) => [path, functions.map(({ name }) => name)])).toEqual([
    ['plain', ['one']],
    ['teams', ['list']],
    ['users', ['all']],
  ]);
});

test('a change that shows nowhere gives the discovery of before, and what it imports counts from then on', async () => {
  const teams = module('list').replace(', shared }', ', shared: z.string() }');
  await using folder = await temporaryProject({
    ...FILES,
    'convex/functions/teams.ts': teams.replace(/^.*lib\/shared.*$/m, ''),
    'convex/functions/users.ts': module('list', 'shared'),
  });
  await using discoverer = new Discoverer(await loadProject(folder.root), { env: {} });
  const rediscover = async (name: string, text: string): Promise<Discovery> => {
    await folder.write({ [name]: text });
    return discoverer.rediscover(new Set([`${folder.root}/${name}`]));
  };
  const outputs = ({ modules }: Discovery): unknown =>
    modules.flatMap(({ functions }) => functions.map(({ types }) => types.output));

  const first = await discoverer.discover();
  const importing = teams.replace('.output(z.string())', '.output(shared)');
  expect(await rediscover('convex/functions/teams.ts', importing)).toBe(first);
  const last = await rediscover('convex/lib/shared.ts', SHARED.replace('string', 'number'));
  const number = { type: { kind: 'text', text: 'number' }, recursive: [] };
  expect(outputs(last)).toEqual([expect.anything(), number, number]);
});

const HTTP = (routes: string): string => `import { Hono } from 'hono';
import { initCRPC } from './generated/server';
import { createHttpRouter } from 'kitcn/http';
const { httpAction, router } = initCRPC.create();
const get = (path: string) => httpAction.get(path as '/').query(() => 1);
export default createHttpRouter(new Hono(), router(${routes}));
`;

test('routes are discovered, again after a change, and two on one path are named', async () => {
  await using project = await session();
  const found = ({ modules }: Discovery): unknown =>
    modules.find(({ path }) => path === 'http')?.routes?.map(({ name, path }) => [name, path]);
  const change = (routes: string): ReturnType<Session['change']> =>
    project.change({ 'convex/functions/http.ts': HTTP(routes) });
  await change(`{ b: { c: get('/b') }, a: get('/a') }`);
  const { quick, whole } = await change(`{ b: { c: get('/c') }, a: get('/a') }`);
  expect(found(quick)).toEqual([
    [['a'], '/a'],
    [['b', 'c'], '/c'],
  ]);
  expect(found(whole)).toEqual(found(quick));
  await expect(change(`{ a: get('/a'), b: { c: get('/a') } }`)).rejects.toMatchObject({
    code: 'MODULE_FAILED',
    text: expect.stringContaining('a (GET /a) and b.c (GET /a) answer the same requests'),
  });
});
