import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test, vi } from 'vitest';
import { runProgram, startProgram } from '../run-program.ts';
import type { ProgramResult } from '../run-program.ts';

const PROGRAM = fileURLToPath(new URL('../../packages/kitcn/dist/cli/main.js', import.meta.url));

const FILES = {
  'convex.json': '{ "functions": "convex/functions" }',
  'convex/functions/schema.ts': `import { defineSchema, defineTable } from 'convex/server';
import { v } from 'convex/values';
export default defineSchema({ notes: defineTable({ text: v.string() }) });
`,
  'convex/lib/crpc.ts': `import { initCRPC } from '../functions/generated/server';
export const c = initCRPC.create();
`,
  'convex/functions/notes.ts': `import { z } from 'zod';
import { CRPCError } from 'kitcn/crpc';
import { c } from '../lib/crpc';

export const add = c.mutation
  .internal()
  .input(z.object({ text: z.string() }))
  .mutation(({ ctx, input }) => ctx.db.insert('notes', input));

export const list = c.query.query(async ({ ctx }) => {
  console.log('listing');
  return (await ctx.db.query('notes').collect()).map(({ text }) => text);
});

export const fail = c.query.query(() => {
  throw new CRPCError({ code: 'NOT_FOUND', message: 'No such note', data: { id: 7 } });
});
`,
};

/** A project inside this workspace, so that `kitcn`, `convex` and `zod` resolve. */
async function project() {
  const root = await mkdtemp(fileURLToPath(new URL('../.tmp-cli-', import.meta.url)));
  const write = async (files: Record<string, string>) => {
    for (const [name, text] of Object.entries(files)) {
      const file = path.join(root, name);
      await mkdir(path.dirname(file), { recursive: true });
      await writeFile(file, text);
    }
  };
  await write(FILES);
  const kitcn = (...args: string[]): Promise<ProgramResult> =>
    runProgram(process.execPath, [PROGRAM, ...args], { cwd: root });
  return { root, write, kitcn, [Symbol.asyncDispose]: () => rm(root, { recursive: true }) };
}

test('says what it is and refuses what it does not know', async () => {
  await using app = await project();
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

test('codegen generates from nothing, and leaves good files alone when a module breaks', async () => {
  await using app = await project();
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
  await using app = await project();
  await using dev = startProgram(process.execPath, [PROGRAM, 'dev', '--port=0', '--site-port=0'], {
    cwd: app.root,
  });
  const url = await vi.waitUntil(
    () => /^NEXT_PUBLIC_CONVEX_URL=(.*)\n/m.exec(dev.printed.stdout)?.[1],
    { timeout: 60_000, interval: 100 },
  );
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

  dev.process.kill('SIGINT');
  const ended = await dev.ended;
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
