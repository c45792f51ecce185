import { execFile } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { MODULE } from './kitcn-project.ts';

const BIN = path.join(import.meta.dirname, '../node_modules/.bin/better-convex');

/** The same modules with better-convex's builders and generated code; Convex's own is there. */
export async function writeBetterConvexProject(folder: string, modules: number): Promise<void> {
  const functions = path.join(folder, 'convex/functions');
  await mkdir(path.join(folder, 'convex/lib'), { recursive: true });
  await writeFile(path.join(folder, 'package.json'), '{ "type": "module", "private": true }\n');
  await writeFile(path.join(folder, 'convex.json'), '{ "functions": "convex/functions" }\n');
  await writeFile(path.join(folder, 'convex/lib/crpc.ts'), CRPC);
  const module = toAnnotated(MODULE);
  for (let index = 0; index < modules; index++) {
    await writeFile(path.join(functions, `m${index}.ts`), module.replaceAll('NUMBER', `${index}`));
  }
  // It ends with Convex's own, which asks for a deployment; what it writes is there before that.
  await promisify(execFile)(BIN, ['codegen'], { cwd: folder }).catch(() => {});
  await showAllFunctions(path.join(functions, '_generated/api.d.ts'));
}

/**
 * A module that composes itself is circular (TS7022) unless its results are told, and what its generated handlers
 * return is `unknown` under this Convex.
 */
function toAnnotated(module: string): string {
  return module
    .replace(
      '.query(async ({ ctx, input }) => {\n    const handler',
      '.query(async ({ ctx, input }): Promise<{ name: string | null; count: number; asked: string }> => {\n    const handler',
    )
    .replace(
      'await handler.get({ id: input.id })',
      '(await handler.get({ id: input.id })) as { name: string } | null',
    )
    .replace(
      'await handler.list({ searchNUMBER: input.jNUMBER })',
      '(await handler.list({ searchNUMBER: input.jNUMBER })) as unknown[]',
    );
}

/** Its functions do not tell in their types whether they are public, so that Convex's `api` would have none of them. */
async function showAllFunctions(api: string): Promise<void> {
  const text = await readFile(api, 'utf8');
  await writeFile(api, text.replaceAll(/FilterApi<typeof fullApi, .*>;/g, 'typeof fullApi;'));
}

const CRPC = `import { CRPCError } from 'better-convex/server';
import { initCRPC } from '../functions/generated/server';

declare global {
  function require(name: string): unknown;
}

const c = initCRPC.meta<{ auth?: 'required' }>().create();

export const publicQuery = c.query;
export const publicMutation = c.mutation;
export const privateQuery = c.query.internal();

export const authQuery = c.query.meta({ auth: 'required' }).use(async ({ ctx, next }) => {
  const identity = await ctx.auth.getUserIdentity();
  if (!identity) throw new CRPCError({ code: 'UNAUTHORIZED' });
  return next({ ctx: { ...ctx, identity } });
});

export const authMutation = c.mutation.meta({ auth: 'required' }).use(async ({ ctx, next }) => {
  const identity = await ctx.auth.getUserIdentity();
  if (!identity) throw new CRPCError({ code: 'UNAUTHORIZED' });
  return next({ ctx: { ...ctx, identity } });
});
`;
