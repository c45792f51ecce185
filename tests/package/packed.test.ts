import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runProgram } from '../run-program.ts';
import type { ProgramResult } from '../run-program.ts';

const PACKAGE_DIR = fileURLToPath(new URL('../../packages/kitcn/', import.meta.url));
const TYPESCRIPT = fileURLToPath(new URL('../../node_modules/typescript/bin/tsc', import.meta.url));

/** What another project would write: nothing here knows of this repository. */
const FILES: Record<string, string> = {
  'convex.json': '{ "functions": "convex/functions" }',
  'tsconfig.json': JSON.stringify({
    compilerOptions: {
      target: 'ES2022',
      lib: ['ES2023', 'DOM'],
      module: 'ESNext',
      moduleResolution: 'Bundler',
      strict: true,
      noUnusedLocals: true,
      noEmit: true,
      types: [],
      paths: { '@convex/*': ['./convex/shared/*'] },
    },
    include: ['convex', 'src'],
  }),
  'convex/functions/schema.ts': `import { defineSchema, defineTable } from 'convex/server';
import { v } from 'convex/values';
export default defineSchema({ users: defineTable({ name: v.string() }) });
`,
  'convex/lib/crpc.ts': `import { initCRPC } from '../functions/generated/server';
export const c = initCRPC.create();
`,
  'convex/functions/user.ts': `import { z } from 'zod';
import { c } from '../lib/crpc';
export const create = c.mutation
  .input(z.object({ name: z.string() }))
  .mutation(({ ctx, input }) => ctx.db.insert('users', input));
export const list = c.query
  .output(z.array(z.object({ name: z.string(), since: z.date() })))
  .query(async ({ ctx }) => {
    const users = await ctx.db.query('users').collect();
    return users.map(({ name, _creationTime }) => ({ name, since: new Date(_creationTime) }));
  });
`,
  'src/typed.ts': `import { api } from '@convex/api';
import { createCallerFactory } from 'kitcn/server';
const { createContext } = createCallerFactory({ api, convexSiteUrl: 'http://127.0.0.1:3211' });
export async function names(): Promise<string[]> {
  const ctx = await createContext({ headers: new Headers() });
  const users = await ctx.caller.user.list({});
  const first: Date | undefined = users[0]?.since;
  // @ts-expect-error: a name is text
  await ctx.caller.user.create({ name: 1 });
  return [...users.map(({ name }) => name), String(first)];
}
`,
  'every-entry.mjs': `import { readFile } from 'node:fs/promises';
const { exports } = JSON.parse(await readFile('node_modules/kitcn/package.json', 'utf8'));
for (const [subpath, target] of Object.entries(exports)) {
  // Its peer is optional and not installed here, so all others prove that they load without it.
  if (typeof target === 'string' || subpath === './otel') continue;
  const module = await import('kitcn' + subpath.slice(1));
  if (Object.keys(module).length === 0) throw new Error(subpath + ' exports nothing');
  console.log(subpath);
}
`,
  'serve.mjs': `import { build } from 'esbuild';
import { startBackend } from 'kitcn/backend';
import { createCallerFactory } from 'kitcn/server';
await build({ entryPoints: ['convex/shared/api.ts'], outfile: 'api.mjs', bundle: true, format: 'esm', packages: 'external' });
const { api } = await import('./api.mjs');
const backend = await startBackend({ projectDir: '.', dataDir: ':memory:' });
const { createContext } = createCallerFactory({ api, convexSiteUrl: backend.siteUrl, convexUrl: backend.url });
const ctx = await createContext({ headers: new Headers() });
await ctx.caller.user.create({ name: 'Ada' });
const [user] = await ctx.caller.user.list({});
console.log(user.name, user.since instanceof Date);
await backend.close();
`,
};

let consumer: string;

/** Runs a program in the consuming project; a failure shows what it printed. */
async function run(command: string, ...args: string[]): Promise<ProgramResult> {
  const result = await runProgram(command, args, { cwd: consumer });
  expect(result, `${command} ${args.join(' ')}\n${result.stdout}${result.stderr}`).toMatchObject({
    code: 0,
  });
  return result;
}

function installedVersion(name: string): string {
  const { version }: { version: string } = createRequire(import.meta.url)(`${name}/package.json`);
  return version;
}

beforeAll(async () => {
  consumer = await mkdtemp(path.join(tmpdir(), 'kitcn-consumer-'));
  // Built already; the scripts of the package would build it a second time.
  await run('npm', 'pack', PACKAGE_DIR, '--ignore-scripts', '--silent');
  const { version }: { version: string } = JSON.parse(
    await readFile(path.join(PACKAGE_DIR, 'package.json'), 'utf8'),
  );
  const manifest = {
    name: 'consumer',
    private: true,
    type: 'module',
    dependencies: {
      kitcn: `file:./kitcn-${version}.tgz`,
      convex: installedVersion('convex'),
      zod: installedVersion('zod'),
    },
  };
  const files = { ...FILES, 'package.json': JSON.stringify(manifest) };
  for (const [name, text] of Object.entries(files)) {
    const file = path.join(consumer, name);
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, text);
  }
  await run('npm', 'install', '--prefer-offline', '--no-audit', '--no-fund', '--loglevel=error');
});

afterAll(() => rm(consumer, { recursive: true, force: true }));

test('holds what is needed and nothing else', async () => {
  const { stdout } = await run('tar', '-tzf', path.join(consumer, await tarballName()));
  const files = stdout.trim().split('\n');
  expect(files).toEqual(expect.arrayContaining(['package/LICENSE', 'package/dist/cli/main.js']));
  expect(files.filter((file) => /\.test\.|tsbuildinfo|\/src\/|\.tmp-/.test(file))).toEqual([]);
});

test('every entry loads, the bin generates, the result type-checks, the backend serves it', async () => {
  expect((await run(process.execPath, 'every-entry.mjs')).stdout).toMatch(/^\.\/server$/m);
  await run(path.join(consumer, 'node_modules/.bin/kitcn'), 'codegen');
  await run(process.execPath, TYPESCRIPT, '-p', '.');
  expect((await run(process.execPath, 'serve.mjs')).stdout).toMatch(/^Ada true$/m);
});

async function tarballName(): Promise<string> {
  const text = await readFile(path.join(consumer, 'package.json'), 'utf8');
  const { dependencies }: { dependencies: { kitcn: string } } = JSON.parse(text);
  return dependencies.kitcn.replace('file:./', '');
}
