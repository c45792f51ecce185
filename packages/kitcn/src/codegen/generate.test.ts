import { readFile, readdir, stat, utimes } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { ProjectError } from '../project/project-error.ts';
import { temporaryProject } from '../project/temporary-project.fixture.ts';
import type { TemporaryProject } from '../project/temporary-project.fixture.ts';
import { generate } from './generate.ts';

const TEAMS = `import { query, mutation } from './_generated/server';
import { internalAction } from './_generated/server';
export const getTeam = query({ handler: () => 1 });
export const createTeam = mutation({ handler: () => 1 });
export const reindex = internalAction({ handler: () => 1 });
export const helper = () => 1;
`;
const LIST = `import { query } from '../_generated/server';\nexport const list = query({ handler: () => 1 });\n`;
const SCHEMA = `import { defineSchema } from 'convex/server';\nexport default defineSchema({});\n`;

const FILES = {
  'convex/functions/schema.ts': SCHEMA,
  'convex/functions/teams.ts': TEAMS,
  'convex/functions/items/queries.ts': LIST,
};

const OUTPUTS = [
  'convex/functions/_generated/api.d.ts',
  'convex/functions/_generated/api.js',
  'convex/functions/_generated/dataModel.d.ts',
  'convex/functions/_generated/server.d.ts',
  'convex/functions/_generated/server.js',
  'convex/functions/generated/items/queries.runtime.ts',
  'convex/functions/generated/server.ts',
  'convex/functions/generated/teams.runtime.ts',
  'convex/shared/api.ts',
];

function relative(folder: TemporaryProject, files: readonly string[]): string[] {
  return files.map((file) => path.relative(folder.root, file).replaceAll(path.sep, '/'));
}

/** Text and time of change of all files of a project. */
async function snapshot(folder: TemporaryProject): Promise<Map<string, string>> {
  const files = new Map<string, string>();
  for (const name of (await readdir(folder.root, { recursive: true })).sort()) {
    const file = path.join(folder.root, name);
    const { mtimeMs, isFile } = await stat(file).then((found) => ({
      mtimeMs: found.mtimeMs,
      isFile: found.isFile(),
    }));
    if (isFile) files.set(name, `${mtimeMs} ${await readFile(file, 'utf8')}`);
  }
  return files;
}

test('writes everything on the first run, and touches nothing on the second', async () => {
  await using folder = await temporaryProject(FILES);
  const first = await generate({ projectDir: folder.root });
  expect(relative(folder, first.written)).toEqual(OUTPUTS);
  expect(first).toMatchObject({ unchanged: [], removed: [], functionCount: 4 });
  const before = await snapshot(folder);
  const second = await generate({ projectDir: folder.root });
  expect(relative(folder, second.unchanged)).toEqual(OUTPUTS);
  expect(second).toMatchObject({ written: [], removed: [], functionCount: 4 });
  expect(await snapshot(folder)).toEqual(before);
});

test('writes the same in every project', async () => {
  await using one = await temporaryProject(FILES);
  await using other = await temporaryProject(Object.fromEntries(Object.entries(FILES).reverse()));
  for (const { root } of [one, other]) await generate({ projectDir: root });
  for (const name of OUTPUTS) {
    expect(await readFile(path.join(one.root, name), 'utf8')).toBe(
      await readFile(path.join(other.root, name), 'utf8'),
    );
  }
});

test('generates for a folder without functions', async () => {
  await using folder = await temporaryProject({ 'convex/functions/readme.md': '' });
  const { written, functionCount } = await generate({ projectDir: folder.root });
  expect(functionCount).toBe(0);
  expect(relative(folder, written)).toEqual(OUTPUTS.filter((name) => !name.includes('.runtime')));
});

test('writes what takes no input as something to call without any', async () => {
  await using folder = await temporaryProject({
    'convex/functions/ping.ts': `import { z } from 'zod';
import { initCRPC } from './generated/server';
export const ping = initCRPC.create().query.output(z.null()).query(() => null);`,
  });
  await generate({ projectDir: folder.root });
  const runtime = await readFile(
    path.join(folder.root, 'convex/functions/generated/ping.runtime.ts'),
    'utf8',
  );
  expect(runtime).toContain('  ping: (input?: Record<string, never>) => Promise<null>;');
});

test('repairs generated files that are broken, whatever imports them', async () => {
  await using folder = await temporaryProject({
    ...FILES,
    'convex/functions/uses.ts': `import { createTeamsCaller } from './generated/teams.runtime';
import { api } from '../shared/api';
import { query } from './_generated/server';
export const later = query({ handler: () => [createTeamsCaller, api.teams.getTeam] });`,
  });
  const { written } = await generate({ projectDir: folder.root });
  const good = await Promise.all(written.map((file) => readFile(file, 'utf8')));
  for (const name of relative(folder, written)) await folder.write({ [name]: '<<<<<<< broken' });
  expect((await generate({ projectDir: folder.root })).written).toEqual(written);
  expect(await Promise.all(written.map((file) => readFile(file, 'utf8')))).toEqual(good);
});

test('loads a schema and modules that import generated callers before there are any', async () => {
  await using folder = await temporaryProject({
    ...FILES,
    'convex/functions/schema.ts': `import './lib';\n${SCHEMA}`,
    'convex/functions/lib.ts': `import * as runtime from './generated/teams.runtime';
import { api } from '../shared/api';
export { createTeamsHandler } from './generated/teams.runtime';
export const references = [runtime.createTeamsCaller, api.teams.getTeam];
if (references.some((reference) => reference === undefined)) throw new Error('A stand-in is missing');`,
  });
  expect((await generate({ projectDir: folder.root })).functionCount).toBe(4);
});

test('names the line that calls a generated caller while modules load', async () => {
  await using folder = await temporaryProject({
    ...FILES,
    'convex/functions/early.ts': `import { createTeamsCaller } from './generated/teams.runtime';\n\nexport const caller = createTeamsCaller({});`,
  });
  await expect(generate({ projectDir: folder.root })).rejects.toMatchObject({
    code: 'MODULE_FAILED',
    file: 'convex/functions/early.ts',
    line: 3,
    text: expect.stringContaining('createTeamsCaller of generated/teams.runtime was called while'),
  });
});

test.each([
  ['does not parse', 'export const = 1;', { code: 'BUNDLE_FAILED', line: 1 }],
  ['imports what is not there', `\nimport './nothing';`, { code: 'BUNDLE_FAILED', line: 2 }],
  [
    'throws',
    `\n\nnull.property;\nexport {};`,
    { code: 'MODULE_FAILED', line: 3, text: expect.stringMatching(/^TypeError: /) },
  ],
  [
    'throws what is no error',
    `throw 'a string';\nexport {};`,
    { code: 'MODULE_FAILED', text: 'a string' },
  ],
  [
    'throws later',
    `Promise.reject(new Error('later'));\nawait new Promise(() => {});\nexport {};`,
    { code: 'MODULE_FAILED', line: 1, text: 'Error: later' },
  ],
  ['waits for ever', `await new Promise(() => {});\nexport {};`, { code: 'MODULE_NEVER_ENDS' }],
  ['loops for ever', `export {};\nfor (;;);`, { code: 'MODULE_NEVER_ENDS' }],
])(
  'leaves the files and names the place when a module %s',
  { timeout: 20_000 },
  async (_, text, expected) => {
    await using folder = await temporaryProject(FILES);
    await generate({ projectDir: folder.root });
    await folder.write({ 'convex/functions/broken.ts': text });
    const before = await snapshot(folder);
    const failure = generate({ projectDir: folder.root });
    await expect(failure).rejects.toBeInstanceOf(ProjectError);
    await expect(failure).rejects.toMatchObject({
      file: 'convex/functions/broken.ts',
      ...expected,
    });
    expect(await snapshot(folder)).toEqual(before);
  },
);

test('finds the functions of http.ts as Convex does, and evaluates the auth config', async () => {
  await using folder = await temporaryProject({
    'convex/functions/auth.config.ts': `export default { providers: [] };`,
    'convex/functions/http.ts': `import { httpRouter } from 'convex/server';\nexport { getTeam } from './teams';\nexport default httpRouter();`,
    'convex/functions/teams.ts': TEAMS,
  });
  expect((await generate({ projectDir: folder.root })).functionCount).toBe(4);
  await folder.write({ 'convex/functions/http.ts': `export default undefined.lookup;` });
  await expect(generate({ projectDir: folder.root })).rejects.toMatchObject({
    file: 'convex/functions/http.ts',
    line: 1,
  });
});

test('shows the given environment to modules while they load', async () => {
  await using folder = await temporaryProject({
    'convex/functions/teams.ts': `if (process.env.STAGE !== 'test') throw new Error('No stage');\n${TEAMS}`,
  });
  await expect(generate({ projectDir: folder.root })).rejects.toMatchObject({ line: 1 });
  await generate({ projectDir: folder.root, env: { STAGE: 'test' } });
});

test('removes runtime files of modules that are gone, and no file of the user', async () => {
  await using folder = await temporaryProject(FILES);
  await generate({ projectDir: folder.root });
  const leftover = path.join(folder.root, 'convex/functions/generated/server.ts.x.kitcn-tmp');
  await folder.write({
    'convex/functions/items/queries.ts': null,
    'convex/functions/generated/mine.runtime.ts': 'export {};',
    [path.relative(folder.root, leftover)]: '',
  });
  await utimes(leftover, 0, 0);
  const { written, removed } = await generate({ projectDir: folder.root });
  expect(relative(folder, removed)).toEqual([
    'convex/functions/generated/items/queries.runtime.ts',
  ]);
  expect(relative(folder, written)).toEqual([
    'convex/functions/_generated/api.d.ts',
    'convex/shared/api.ts',
  ]);
  expect(await readdir(path.join(folder.root, 'convex/functions/generated'))).toEqual([
    'mine.runtime.ts',
    'server.ts',
    'teams.runtime.ts',
  ]);
});

test('keeps all files when one of them cannot be written', async () => {
  await using folder = await temporaryProject(FILES);
  await generate({ projectDir: folder.root });
  await folder.write({
    'convex/functions/more.ts': TEAMS,
    // A file where a folder has to be.
    'convex/functions/folder/late.ts': LIST,
    'convex/functions/generated/folder': '',
  });
  const before = await snapshot(folder);
  await expect(generate({ projectDir: folder.root })).rejects.toMatchObject({
    code: 'WRITE_FAILED',
  });
  expect(await snapshot(folder)).toEqual(before);
});

test('puts the api inside a functions folder that is named otherwise', async () => {
  await using folder = await temporaryProject({ 'convex.json': '{}', 'convex/teams.ts': TEAMS });
  const { written } = await generate({ projectDir: folder.root });
  expect(relative(folder, written)).toContain('convex/shared/api.ts');
  expect(await readFile(path.join(folder.root, 'convex/shared/api.ts'), 'utf8')).toContain(
    `import type * as teams from '../teams.js';`,
  );
  expect((await generate({ projectDir: folder.root })).written).toEqual([]);
});

test('copies the metadata of procedures into the api, and refuses what is not JSON', async () => {
  const withMeta = (meta: string): string => `import { query } from './_generated/server';
export const list = Object.assign(query({ handler: () => 1 }), { '~crpc': { meta: ${meta} } });`;
  await using folder = await temporaryProject({
    'convex/functions/a.ts': withMeta(`{ role: 'admin', since: undefined }`),
  });
  await generate({ projectDir: folder.root });
  expect(await readFile(path.join(folder.root, 'convex/shared/api.ts'), 'utf8')).toContain(
    `list: { type: 'query', meta: { role: 'admin' } },`,
  );
  await folder.write({ 'convex/functions/a.ts': withMeta('{ big: 1n }') });
  await expect(generate({ projectDir: folder.root })).rejects.toMatchObject({
    code: 'META_NOT_JSON',
    message: expect.stringContaining('a:list'),
  });
});

test('names the environment variables that a module reads in vain when it fails', async () => {
  await using folder = await temporaryProject({
    ...FILES,
    'convex/functions/mail.ts': `const key = process.env.MAIL_KEY.trim();\nexport { key };`,
  });
  await expect(generate({ projectDir: folder.root })).rejects.toMatchObject({
    code: 'MODULE_FAILED',
    file: 'convex/functions/mail.ts',
    line: 1,
    text: expect.stringContaining('not set: MAIL_KEY)'),
  });
});

test('reads .tsx, path aliases and modules that import each other, and leaves helpers and scripts alone', async () => {
  await using folder = await temporaryProject({
    'tsconfig.json':
      '{ "compilerOptions": { "paths": { "~/*": ["./lib/*"] }, "jsx": "react-jsx" } }',
    'lib/label.ts': `export const label = 'A';`,
    'convex/functions/mail.tsx': `import { query } from './_generated/server';
import { label } from '~/label';
import { helper } from './helper';
export const render = query({ handler: () => [label, helper] });`,
    'convex/functions/helper.ts': `import { render } from './mail';\nexport const helper = () => render;`,
    'convex/functions/script.ts': `throw new Error('Scripts are not executed');`,
  });
  const { written, functionCount } = await generate({ projectDir: folder.root });
  expect(functionCount).toBe(1);
  expect(relative(folder, written)).toContain('convex/functions/generated/mail.runtime.ts');
  expect(relative(folder, written).join()).not.toContain('helper');
});
