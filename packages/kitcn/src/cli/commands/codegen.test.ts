import { readFile } from 'node:fs/promises';
import { expect, test, vi } from 'vitest';
import { temporaryProject } from '../../project/temporary-project.fixture.ts';
import { capturedContext } from '../captured-context.fixture.ts';
import { commands } from '../commands.ts';
import { runProgram } from '../program.ts';

const NOTES = `import { query } from './_generated/server';
export const list = query({ handler: () => [] });
`;
const BROKEN = `export const list = 1;\n\nexport const = 2;\n`;

async function codegen(projectDir: string, ...argv: string[]) {
  const context = capturedContext({ cwd: projectDir });
  const code = await runProgram({ version: '', commands }, ['codegen', ...argv], context);
  return { code, ...context.printed };
}

test('tells what it wrote, and that there was nothing to write', async () => {
  await using project = await temporaryProject({ 'convex/functions/notes.ts': NOTES });
  expect(await codegen(project.root)).toEqual({
    code: 0,
    stdout: '',
    stderr: 'codegen: 1 function, 8 files written\n',
  });
  expect((await codegen(project.root)).stderr).toBe('codegen: 1 function, nothing to write\n');
});

test('--json is one object on stdout, whatever comes out', async () => {
  await using project = await temporaryProject({ 'convex/functions/notes.ts': NOTES });
  const done = await codegen(project.root, '--json');
  expect(done).toMatchObject({ code: 0, stderr: '' });
  expect(JSON.parse(done.stdout)).toMatchObject({
    ok: true,
    functionCount: 1,
    written: expect.arrayContaining(['convex/functions/generated/notes.runtime.ts']),
    unchanged: [],
    removed: [],
  });
  await project.write({ 'convex/functions/notes.ts': BROKEN });
  const failed = await codegen(project.root, '--json');
  expect(failed).toMatchObject({ code: 1, stderr: '' });
  expect(JSON.parse(failed.stdout)).toMatchObject({
    ok: false,
    error: { code: 'BUNDLE_FAILED', file: 'convex/functions/notes.ts', line: 3 },
  });
});

test('a broken module is named with file and line', async () => {
  await using project = await temporaryProject({ 'convex/functions/notes.ts': BROKEN });
  const { code, stderr } = await codegen(project.root);
  expect(code).toBe(1);
  expect(stderr).toMatch(/^kitcn codegen: convex\/functions\/notes\.ts:3:\d+: /);
});

test('modules see the variables of the env files', async () => {
  await using project = await temporaryProject({
    '.env.local': 'MODE=fine\n',
    'convex/functions/notes.ts': `if (process.env.MODE !== 'fine') throw new Error('no MODE');\n${NOTES}`,
  });
  expect(await codegen(project.root)).toMatchObject({ code: 0 });
});

test('a folder without a project is told', async () => {
  await using project = await temporaryProject({});
  const result = await codegen(project.root, '--project-dir', 'missing');
  expect(result).toMatchObject({ code: 1, stdout: '' });
  expect(result.stderr).toMatch(/There is no functions folder at .*missing/);
});

test('--check writes nothing, and fails with a diff when files are stale', async () => {
  await using project = await temporaryProject({ 'convex/functions/notes.ts': NOTES });
  expect(await codegen(project.root, '--check')).toMatchObject({ code: 1 });
  expect(await codegen(project.root)).toMatchObject({ stderr: expect.stringContaining('8 files') });
  expect(await codegen(project.root, '--check')).toEqual({
    code: 0,
    stdout: '',
    stderr: 'codegen: everything is up to date\n',
  });
  await project.write({ 'convex/functions/notes.ts': NOTES.replace('list', 'all') });
  const stale = await codegen(project.root, '--check');
  expect(stale).toMatchObject({
    code: 1,
    stderr: 'codegen: 2 files are stale. Run `kitcn codegen`.\n',
  });
  expect(stale.stdout).toContain('convex/functions/generated/notes.runtime.ts (changed)\n@@ line');
  expect(stale.stdout).toContain(`-     list: 'query',\n`);
  expect(stale.stdout).toContain(`+     all: 'query',\n`);
  const json = await codegen(project.root, '--check', '--json');
  expect(JSON.parse(json.stdout)).toMatchObject({
    ok: false,
    stale: [
      { file: 'convex/functions/generated/notes.runtime.ts', state: 'changed' },
      { file: 'convex/shared/api.ts', state: 'changed' },
    ],
  });
});

test('--check tells of a runtime file whose module is gone', async () => {
  await using project = await temporaryProject({
    'convex/functions/notes.ts': NOTES,
    'convex/functions/old.ts': NOTES,
  });
  await codegen(project.root);
  await project.write({ 'convex/functions/old.ts': null });
  const { stdout } = await codegen(project.root, '--check');
  expect(stdout).toContain('convex/functions/generated/old.runtime.ts (leftover)\n');
});

test('--contract writes a declaration and its script, and tells what is unknown in it', async () => {
  await using project = await temporaryProject({ 'convex/functions/notes.ts': NOTES });
  const { code, stderr } = await codegen(project.root, '--contract', 'dist/contract.d.ts');
  expect({ code, stderr }).toEqual({
    code: 0,
    stderr: [
      'codegen: 1 function, 10 files written',
      'unknown in the contract: the input of notes:list: it has no args',
      'unknown in the contract: the output of notes:list: it has no returns\n',
    ].join('\n'),
  });
  const declaration = await readFile(`${project.root}/dist/contract.d.ts`, 'utf8');
  expect(declaration).toContain(`list: ApiLeaf<'query', unknown, unknown>;`);
  expect(await readFile(`${project.root}/dist/contract.js`, 'utf8')).toContain(
    `list: { type: 'query' },`,
  );
  expect(await codegen(project.root, '--contract', 'dist/contract.ts')).toMatchObject({ code: 2 });
});

test('--watch generates at each change until it is interrupted', async () => {
  await using project = await temporaryProject({ 'convex/functions/notes.ts': NOTES });
  const interrupt = new AbortController();
  const context = capturedContext({ cwd: project.root, signal: interrupt.signal });
  const running = runProgram({ version: '', commands }, ['codegen', '--watch'], context);
  await vi.waitFor(() => expect(context.printed.stderr).toContain('8 files'), { timeout: 10_000 });
  await project.write({ 'convex/functions/more.ts': NOTES });
  await vi.waitFor(() => expect(context.printed.stderr).toContain('2 functions'), {
    timeout: 10_000,
  });
  interrupt.abort();
  expect(await running).toBe(0);
});
