import path from 'node:path';
import { expect, test } from 'vitest';
import { bundleFunctions } from './bundle-functions.ts';
import { ProjectError } from './project-error.ts';
import { loadProject } from './project.ts';
import { temporaryProject } from './temporary-project.fixture.ts';

const QUERY = `import { queryGeneric } from 'convex/server';\nexport const list = queryGeneric({ handler: () => 1 });\n`;

test('bundles entry points and shared chunks into modules that import each other by relative paths', async () => {
  await using folder = await temporaryProject({
    'convex/functions/teams.ts': QUERY,
    'convex/functions/items/queries.ts': QUERY,
  });
  const bundle = await bundleFunctions(await loadProject(folder.root));
  expect(bundle.entries).toEqual(['items/queries', 'teams']);
  const [chunk, nested, teams, ...others] = bundle.modules;
  expect(others).toEqual([]);
  expect(chunk?.path).toMatch(/^_deps\/.+\.js$/);
  expect(nested?.path).toBe('items/queries.js');
  expect(nested?.source).toContain(`from "../${chunk?.path ?? ''}"`);
  expect(JSON.parse(teams?.sourceMap ?? '')).toMatchObject({
    sources: ['convex/functions/teams.ts'],
  });
  expect(bundle.inputs).toContain(path.join(folder.root, 'convex/functions/teams.ts'));
  expect(await bundleFunctions(await loadProject(folder.root))).toEqual(bundle);
});

test('bundles an empty functions folder', async () => {
  await using folder = await temporaryProject({ 'convex/functions/readme.md': '' });
  expect(await bundleFunctions(await loadProject(folder.root))).toEqual({
    entries: [],
    modules: [],
    inputs: [],
  });
});

test('resolves path aliases of the tsconfig, and leaves server-only out', async () => {
  await using folder = await temporaryProject({
    'tsconfig.json': '{ "compilerOptions": { "paths": { "~/*": ["./lib/*"] } } }',
    'lib/answer.tsx': 'export const answer = 42;',
    'convex/functions/teams.ts': `import 'server-only';\nexport { answer } from '~/answer';`,
  });
  const bundle = await bundleFunctions(await loadProject(folder.root));
  expect(bundle.modules[0]?.source).toContain('42');
});

test('names file, line and column of the first error', async () => {
  await using folder = await temporaryProject({
    'convex/functions/teams.ts': `export const a = 1;\n  export const = 2;\n`,
  });
  const failure = bundleFunctions(await loadProject(folder.root));
  await expect(failure).rejects.toBeInstanceOf(ProjectError);
  await expect(failure).rejects.toMatchObject({
    code: 'BUNDLE_FAILED',
    file: 'convex/functions/teams.ts',
    line: 2,
    column: 16,
    message: expect.stringMatching(/^convex\/functions\/teams\.ts:2:16: Expected identifier/),
  });
});

test('bundles stand-ins for files that do not exist, and in place of files that do', async () => {
  await using folder = await temporaryProject({
    'tsconfig.json': '{ "compilerOptions": { "paths": { "@convex/*": ["./convex/shared/*"] } } }',
    'convex/functions/generated/server.ts': 'this is broken',
    'convex/functions/items/queries.ts': `export { a } from '../generated/server';\nexport { b } from '../generated/x.runtime';`,
    'convex/functions/teams.ts': `export { api } from '@convex/api';`,
  });
  const project = await loadProject(folder.root);
  const bundle = await bundleFunctions(project, {
    standIns: (stem) => {
      if (stem === path.join(project.functionsDir, 'generated/server')) {
        return { contents: 'export const a: string = "first";', loader: 'ts' };
      }
      if (stem.endsWith('x.runtime'))
        return { contents: 'export const b = "second";', loader: 'js' };
      return `${stem}.ts` === project.apiFile
        ? { contents: `export { anyApi as api } from 'convex/server';`, loader: 'ts' }
        : undefined;
    },
  });
  expect(bundle.modules.find((module) => module.path === 'items/queries.js')?.source).toMatch(
    /first[^]*second/,
  );
  expect(bundle.inputs.some((input) => input.includes('generated'))).toBe(false);
});

test('names the file that a stand-in with an error stands for', async () => {
  await using folder = await temporaryProject({
    'convex/functions/teams.ts': `export * from './generated/server';`,
  });
  const standIns = (): { contents: string; loader: 'js' } => ({
    contents: `import 'no-such-package';`,
    loader: 'js',
  });
  const failure = bundleFunctions(await loadProject(folder.root), { standIns });
  await expect(failure).rejects.toMatchObject({
    file: 'convex/functions/generated/server',
    line: 1,
    text: expect.stringContaining('no-such-package'),
  });
});
