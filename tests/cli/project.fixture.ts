import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { vi } from 'vitest';
import { runProgram, startProgram } from '../run-program.ts';
import type { ProgramOptions, ProgramResult, RunningProgram } from '../run-program.ts';

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

/** A project of a test and the command line in it. */
export interface CliProject extends AsyncDisposable {
  root: string;
  /** Writes files, named by their path from the project folder. */
  write(files: Record<string, string>): Promise<void>;
  /** How programs are started in it. */
  programOptions: ProgramOptions;
  start(...args: string[]): RunningProgram;
  kitcn(...args: string[]): Promise<ProgramResult>;
  /** `kitcn dev` on free ports; resolves when it says where it listens. */
  startDev(...args: string[]): Promise<RunningDev>;
}

export interface RunningDev extends AsyncDisposable {
  program: RunningProgram;
  url: string;
}

/** A project inside this workspace, so that `kitcn`, `convex` and `zod` resolve. */
export async function cliProject(env: Record<string, string> = {}): Promise<CliProject> {
  const root = await mkdtemp(fileURLToPath(new URL('../.tmp-cli-', import.meta.url)));
  const write: CliProject['write'] = async (files) => {
    for (const [name, text] of Object.entries(files)) {
      const file = path.join(root, name);
      await mkdir(path.dirname(file), { recursive: true });
      // In one step: a watcher must not see half of it.
      await writeFile(`${file}.new`, text);
      await rename(`${file}.new`, file);
    }
  };
  await write(FILES);
  const programOptions = { cwd: root, env };
  return {
    root,
    write,
    programOptions,
    start: (...args) => startProgram(process.execPath, [PROGRAM, ...args], programOptions),
    kitcn: (...args) => runProgram(process.execPath, [PROGRAM, ...args], programOptions),
    startDev: async (...args) => {
      const command = [PROGRAM, 'dev', '--port=0', '--site-port=0', ...args];
      const program = startProgram(process.execPath, command, programOptions);
      const url = await vi.waitUntil(
        () => /^NEXT_PUBLIC_CONVEX_URL=(.*)\n/m.exec(program.printed.stdout)?.[1],
        { timeout: 60_000, interval: 100 },
      );
      return { program, url, [Symbol.asyncDispose]: () => program[Symbol.asyncDispose]() };
    },
    [Symbol.asyncDispose]: () => rm(root, { recursive: true }),
  };
}
