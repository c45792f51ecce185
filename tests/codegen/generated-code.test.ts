import { globSync } from 'node:fs';
import { readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { runTypeScript } from '../run-typescript.ts';
import { generateFixture } from './fixture.ts';

test('foo.ts beside foo/bar.ts, modules named actions, schedule, http or default, and names that are no identifiers', async () => {
  await using project = await generateFixture('names');
  // With `noUnusedLocals`, and modules of only public and of only internal functions.
  expect(await project.typeErrors()).toBe('');
});

test('modules that call each other and themselves have types, and none of them is any', async () => {
  await using project = await generateFixture('compositions');
  expect(await project.typeErrors()).toBe('');
});

test('they have the same types where imports name files, as Node wants them', async () => {
  await using project = await generateFixture('compositions');
  for (const file of globSync('convex/{*,{lib,functions}/*}.ts', { cwd: project.root })) {
    const source = path.join(project.root, file);
    const text = await readFile(source, 'utf8');
    await writeFile(source, text.replaceAll(/(from '\.[^']*)'/g, "$1.js'"));
  }
  const options = ['--module', 'nodenext', '--moduleResolution', 'nodenext'];
  expect(await runTypeScript(project.root, ...options)).toBe('');
});

test('generated files bring no package along but Convex and this one', async () => {
  await using project = await generateFixture('names');
  for (const file of ['shared/api.ts', 'functions/generated/foo.runtime.ts']) {
    const text = await readFile(path.join(project.root, 'convex', file), 'utf8');
    const packages = [...text.matchAll(/from '([^.'][^']*)'/g)].map(([, name]) => name);
    const expected = ['convex/values', 'kitcn/crpc', 'kitcn/server'];
    expect(packages.filter((name = '') => !expected.includes(name))).toEqual([]);
  }
});

test('a contract is used by another package without the backend', async () => {
  await using project = await generateFixture('kinds', '--contract', 'contract/api.d.ts');
  const folder = path.join(project.root, 'contract');
  await rm(path.join(project.root, 'convex'), { recursive: true });
  await writeFile(
    path.join(folder, 'tsconfig.json'),
    '{ "extends": "../tsconfig.json", "include": ["."] }',
  );
  await writeFile(path.join(folder, 'use.ts'), CONTRACT_USER);
  expect(await runTypeScript(folder)).toBe('');
  const api: unknown = await import(path.join(folder, 'api.js'));
  expect(api).toMatchObject({ api: { kinds: { date: { '~crpc': { type: 'query' } } } } });
});

const CONTRACT_USER = `import { createCallerFactory } from 'kitcn/server';
import { api } from './api.js';

const { createContext } = createCallerFactory({ api, convexSiteUrl: 'https://a.convex.site' });

export async function use() {
  const { caller } = await createContext({ headers: new Headers() });
  const { value }: { value: Date } = await caller.kinds.date({ value: new Date() });
  // @ts-expect-error It takes a Date.
  await caller.kinds.date({ value: 'now' });
  await caller.kinds.nothing();
  await caller.kinds.nothing({});
  // @ts-expect-error It takes nothing.
  await caller.kinds.nothing({ a: 'a' });
  // What cannot be written out is unknown, never any.
  const output: unknown = await caller.traceless.undeclared({ a: 'a' });
  // @ts-expect-error It is unknown.
  output.toISOString();
  return value;
}
`;
