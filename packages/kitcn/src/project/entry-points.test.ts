import { expect, test } from 'vitest';
import { findEntryPoints } from './entry-points.ts';
import { loadProject } from './project.ts';
import { temporaryProject } from './temporary-project.fixture.ts';

async function namesOf(files: Record<string, string>): Promise<string[]> {
  await using folder = await temporaryProject(files);
  return (await findEntryPoints(await loadProject(folder.root))).map(({ name }) => name);
}

const MODULE = 'export {};';

test('takes the files that Convex takes, sorted, and the schema and auth config', async () => {
  const taken = [
    'a.ts',
    'b/c.tsx',
    'b/generated/d.js',
    '_e.mjs',
    'schema.ts',
    'auth.config.ts',
    'http.ts',
    'crons.ts',
  ];
  const left = [
    '_generated/api.js',
    'generated/server.ts',
    'generated/a.runtime.ts',
    'types.d.ts',
    'a.test.ts',
    'convex.config.ts',
    'b/schema.ts',
    '.hidden.ts',
    '#lock.ts',
    'with space.ts',
    'data.json',
    'component/convex.config.ts',
    'component/inside.ts',
    'component/deeper/inside.ts',
  ];
  const files = [...taken, ...left].map((name) => [`convex/functions/${name}`, MODULE] as const);
  expect(
    await namesOf({ ...Object.fromEntries(files), 'convex/functions/script.ts': 'const a = 1;' }),
  ).toEqual(['_e', 'a', 'auth.config', 'b/c', 'b/generated/d', 'crons', 'http', 'schema']);
});

test.each([
  [`'use node';`, true],
  [`// one\n/* two **/ /* three */\n'use strict'; "use node"\nimport 'a';`, true],
  [`import 'a';\n'use node';`, false],
  [`// 'use node'\n`, false],
  [`/* 'use node' */`, false],
  [`'use strict'`, false],
  // Texts that an expression with two ways through them would take years for.
  ['/'.repeat(200), false],
  ['/* a */ '.repeat(200), false],
])('tells modules for Node by their directive: %#', async (source, isForNode) => {
  await using folder = await temporaryProject({ 'convex/functions/a.js': source });
  const [entry] = await findEntryPoints(await loadProject(folder.root));
  expect(entry?.usesNode).toBe(isForNode ? true : undefined);
});

test('leaves the generated api out where it lies inside the functions folder', async () => {
  const files = {
    'convex.json': '{}',
    'convex/shared/api.ts': MODULE,
    'convex/shared/more.ts': MODULE,
  };
  expect(await namesOf(files)).toEqual(['shared/more']);
});

test('refuses two files for one module', async () => {
  const files = { 'convex/functions/a.ts': MODULE, 'convex/functions/a.js': MODULE };
  await expect(namesOf(files)).rejects.toMatchObject({
    code: 'ENTRY_POINTS_CLASH',
    message:
      'convex/functions/a.js and convex/functions/a.ts would both be the module "a". Rename one of them.',
  });
});

test('refuses the folder that is reserved for chunks', async () => {
  await expect(namesOf({ 'convex/functions/_deps/a.ts': MODULE })).rejects.toMatchObject({
    code: 'RESERVED_FOLDER',
    file: 'convex/functions/_deps/a.ts',
  });
});
