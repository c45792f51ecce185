import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { bundleFunctions } from './bundle-functions.ts';
import type { FunctionsBundle } from './bundle.ts';
import { FunctionsBundler } from './functions-bundler.ts';
import { ProjectError } from './project-error.ts';
import { loadProject } from './project.ts';
import { temporaryProject } from './temporary-project.fixture.ts';
import type { TemporaryProject } from './temporary-project.fixture.ts';

const TEAMS = 'convex/functions/teams.ts';
const query = (result: string): string =>
  `import { queryGeneric } from 'convex/server';\nexport const list = queryGeneric({ handler: () => ${result} });\n`;

/** A bundler that has bundled the project once and is ready to be quick. */
async function preparedBundler(folder: TemporaryProject): Promise<FunctionsBundler> {
  const bundler = new FunctionsBundler(folder.root);
  await bundler.bundle();
  bundler.prepare();
  return bundler;
}

function sourceOf(bundle: FunctionsBundle, name: string): string | undefined {
  return bundle.modules.find((module) => module.path === name)?.source;
}

test('the first bundle is that of bundleFunctions', async () => {
  await using folder = await temporaryProject({ [TEAMS]: query('1') });
  await using bundler = new FunctionsBundler(folder.root);
  expect(await bundler.bundle()).toEqual(await bundleFunctions(await loadProject(folder.root)));
});

test('a further bundle has the changed sources, and packages apart under the names that import them', async () => {
  await using folder = await temporaryProject({ [TEAMS]: query('1') });
  await using bundler = await preparedBundler(folder);
  await folder.write({ [TEAMS]: query('"changed"') });
  const bundle = await bundler.bundle();
  expect(bundle.entries).toEqual(['teams']);
  expect(sourceOf(bundle, 'teams.js')).toContain('"changed"');
  expect(sourceOf(bundle, 'teams.js')).toContain('from "convex/server"');
  const module = bundle.packages?.['convex/server'] ?? '';
  expect(sourceOf(bundle, module)).toContain('queryGeneric');
  expect(bundle.inputs).toContain(path.join(folder.root, TEAMS));
  expect(bundle.inputs.some((file) => file.includes('node_modules'))).toBe(true);
});

test('modules that come, go, and import other packages are seen', async () => {
  await using folder = await temporaryProject({ [TEAMS]: query('1') });
  await using bundler = await preparedBundler(folder);
  await folder.write({ 'convex/functions/users.ts': query('2') });
  expect((await bundler.bundle()).entries).toEqual(['teams', 'users']);
  bundler.prepare();
  await folder.write({
    'convex/functions/users.ts': `import { z } from 'zod';\nexport default z.string();`,
  });
  const withZod = await bundler.bundle();
  expect(withZod.packages).toBeUndefined();
  expect(sourceOf(withZod, 'users.js')).not.toContain('from "zod"');
  bundler.prepare();
  expect((await bundler.bundle()).packages).toHaveProperty('zod');
  await folder.write({ 'convex/functions/users.ts': null });
  expect((await bundler.bundle()).entries).toEqual(['teams']);
});

test('packages that were installed anew are bundled anew', async () => {
  await using folder = await temporaryProject({
    'node_modules/answer/package.json': '{ "type": "module", "main": "index.js" }',
    'node_modules/answer/index.js': 'export const answer = "old";',
    [TEAMS]: `export { answer } from 'answer';`,
  });
  await using bundler = await preparedBundler(folder);
  const before = await bundler.bundle();
  expect(sourceOf(before, before.packages?.['answer'] ?? '')).toContain('old');
  await folder.write({ 'node_modules/answer/index.js': 'export const answer = "new";' });
  await mkdir(path.join(folder.root, 'node_modules/another'));
  await writeFile(path.join(folder.root, 'node_modules/.package-lock.json'), '{}');
  const after = await bundler.bundle();
  expect(after.modules.some(({ source }) => source.includes('"new"'))).toBe(true);
});

test.each([
  ['CommonJS', 'exports.answer = 42;', `import { answer } from 'answer';`],
  ['a dynamic import', 'export const answer = 42;', `const { answer } = await import('answer');`],
])('what cannot be bundled apart is bundled in: %s', async (_, source, imported) => {
  await using folder = await temporaryProject({
    'node_modules/answer/package.json': `{ "type": "${source.startsWith('exports') ? 'commonjs' : 'module'}", "main": "index.js" }`,
    'node_modules/answer/index.js': source,
    [TEAMS]: `${imported}\nexport { answer };`,
  });
  await using bundler = await preparedBundler(folder);
  const bundle = await bundler.bundle();
  expect(bundle.packages ?? {}).toEqual({});
  expect(bundle.modules.some(({ source: text }) => text.includes('42'))).toBe(true);
});

test('an error names its place, and the next bundle may work', async () => {
  await using folder = await temporaryProject({ [TEAMS]: query('1') });
  await using bundler = await preparedBundler(folder);
  await folder.write({ [TEAMS]: `export const a = 1;\nexport const = 2;\n` });
  const failure = bundler.bundle();
  await expect(failure).rejects.toBeInstanceOf(ProjectError);
  await expect(failure).rejects.toMatchObject({ code: 'BUNDLE_FAILED', file: TEAMS, line: 2 });
  await folder.write({ [TEAMS]: query('"mended"') });
  expect(sourceOf(await bundler.bundle(), 'teams.js')).toContain('"mended"');
});

test('a project without functions has an empty bundle', async () => {
  await using folder = await temporaryProject({ 'convex/functions/readme.md': '' });
  await using bundler = await preparedBundler(folder);
  expect(await bundler.bundle()).toEqual({ entries: [], modules: [], inputs: [] });
});

test('a bundle that was begun is the next one, unless files of it were written since', async () => {
  await using folder = await temporaryProject({ [TEAMS]: query('1'), 'convex/lib/x.ts': '' });
  await using bundler = await preparedBundler(folder);
  bundler.begin();
  const begun = await bundler.bundle([path.join(folder.root, 'convex/lib/x.ts')]);
  expect(sourceOf(begun, 'teams.js')).toContain('=> 1');
  const again = await bundler.bundle();
  expect(again).not.toBe(begun);
  expect(again).toEqual(begun);

  bundler.begin();
  await folder.write({ [TEAMS]: query('"written"') });
  const written = await bundler.bundle([path.join(folder.root, TEAMS)]);
  expect(sourceOf(written, 'teams.js')).toContain('"written"');
});

test('what is wrong with a bundle that was begun is told by the next one, if it still is', async () => {
  await using folder = await temporaryProject({ [TEAMS]: 'export const = 1;' });
  await using bundler = new FunctionsBundler(folder.root);
  bundler.begin();
  await expect(bundler.bundle()).rejects.toMatchObject({ file: TEAMS, line: 1 });
  bundler.begin();
  bundler.begin();
  await folder.write({ [TEAMS]: query('1') });
  expect((await bundler.bundle([path.join(folder.root, TEAMS)])).entries).toEqual(['teams']);
});
