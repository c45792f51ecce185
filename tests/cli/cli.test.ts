import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { cliProject } from './project.fixture.ts';

test('says what it is and refuses what it does not know', async () => {
  await using app = await cliProject();
  expect(await app.kitcn('--version')).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/),
  });
  const help = await app.kitcn('--help');
  expect(help.code).toBe(0);
  expect(help.stdout).toMatch(/^ {2}dev .*\n {2}codegen .*\n {2}run /m);
  expect(await app.kitcn('dve')).toEqual({
    code: 2,
    stdout: '',
    stderr: 'kitcn: There is no command "dve". Did you mean "dev"?\n',
  });
});

test('a reader that goes away is no failure', async () => {
  await using app = await cliProject();
  await using program = app.start('codegen', '--check');
  program.process.stdout?.destroy();
  program.process.stderr?.destroy();
  expect((await program.ended).code).toBe(1);
  await using help = app.start('--help');
  help.process.stdout?.destroy();
  expect(await help.ended).toEqual({ code: 0, stdout: '', stderr: '' });
});

test('codegen generates from nothing, and leaves good files alone when a module breaks', async () => {
  await using app = await cliProject();
  expect(await app.kitcn('codegen')).toMatchObject({ code: 0, stdout: '' });
  const runtime = path.join(app.root, 'convex/functions/generated/notes.runtime.ts');
  const generated = await readFile(runtime, 'utf8');
  expect(generated).toMatch('createNotesCaller');
  await app.write({ 'convex/functions/notes.ts': 'export const a = 1;\nexport const = 2;\n' });
  const broken = await app.kitcn('codegen');
  expect(broken.code).toBe(1);
  expect(broken.stderr).toMatch(/^kitcn codegen: convex\/functions\/notes\.ts:2:\d+: /);
  expect(await readFile(runtime, 'utf8')).toBe(generated);
});

test('dev serves a project that run talks to, and Ctrl-C ends it', async () => {
  await using app = await cliProject();
  await using dev = await app.startDev();
  const { url } = dev;
  const run = (...args: string[]) => app.kitcn('run', ...args, '--url', url);

  const added = await run('notes:add', '{"text":"one"}');
  expect(added).toMatchObject({ code: 0, stdout: expect.stringMatching(/^"[a-z0-9]+"\n$/) });
  const listed = await run('api.notes.list');
  expect(listed).toMatchObject({ code: 0, stdout: '[\n  "one"\n]\n' });
  expect(listed.stderr).toMatch('listing');
  const failed = await run('notes:fail');
  expect(failed).toMatchObject({ code: 1, stdout: '' });
  expect(failed.stderr).toMatch(/NOT_FOUND: No such note/);
  expect((await run('notes:missing')).stderr).toMatch(/Could not find/);
  expect((await run('notes:add', '{"text":1}')).code).toBe(1);

  dev.program.process.kill('SIGINT');
  const ended = await dev.program.ended;
  expect(ended.code).toBe(0);
  const key = await readFile(path.join(app.root, '.kitcn/admin-key'), 'utf8');
  expect(ended.stdout + ended.stderr).not.toContain(key.trim());

  expect((await run('notes:list')).stderr).toMatch(/Nothing answers at .*ECONNREFUSED/);
  const once = await app.kitcn('dev', '--once', '--port=0', '--site-port=0');
  expect(once).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/^NEXT_PUBLIC_CONVEX_URL=/),
  });
});
