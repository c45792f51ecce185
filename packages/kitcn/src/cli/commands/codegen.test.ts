import { expect, test } from 'vitest';
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
