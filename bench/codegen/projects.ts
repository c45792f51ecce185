import { cp, mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';

/** Writes a project of so many modules of five procedures each, generated code apart. */
export type WriteProject = (folder: string, modules: number) => Promise<void>;

/** What differs between the contenders in the same project. */
interface Flavour {
  crpc: string;
  /** From the functions folder to `lib/crpc`. */
  functionsDir: string;
}

function writeProject({ crpc, functionsDir }: Flavour): WriteProject {
  return async (folder, modules) => {
    const functions = path.join(folder, functionsDir);
    await mkdir(functions, { recursive: true });
    await mkdir(path.join(folder, 'convex/lib'), { recursive: true });
    await writeFile(path.join(folder, 'package.json'), '{ "type": "module", "private": true }\n');
    await writeFile(path.join(folder, 'convex.json'), `{ "functions": "${functionsDir}" }\n`);
    await writeFile(path.join(folder, 'tsconfig.json'), TSCONFIG);
    await writeFile(path.join(folder, 'convex/lib/crpc.ts'), crpc);
    await writeFile(path.join(functions, 'schema.ts'), SCHEMA);
    await Promise.all(
      Array.from({ length: modules }, (_, index) =>
        writeFile(path.join(functions, `mod${index}.ts`), MODULE),
      ),
    );
  };
}

const TSCONFIG = `{
  "compilerOptions": {
    "target": "ES2022",
    "lib": ["ES2023", "DOM"],
    "types": [],
    "module": "ESNext",
    "moduleResolution": "Bundler",
    "strict": true,
    "noEmit": true,
    "skipLibCheck": true,
    "paths": { "@convex/*": ["./convex/shared/*"] }
  },
  "include": ["convex"]
}
`;

const SCHEMA = `import { defineSchema, defineTable } from 'convex/server';
import { v } from 'convex/values';
export default defineSchema({ user: defineTable({ name: v.string() }) });
`;

const MODULE = `import { zid } from 'convex-helpers/server/zod4';
import { z } from 'zod';
import { privateAction, publicMutation, publicQuery } from '../lib/crpc';

const item = z.object({
  id: zid('user'),
  name: z.string(),
  at: z.date(),
  tags: z.array(z.string()),
  role: z.enum(['a', 'b']),
});

export const list = publicQuery
  .input(z.object({ after: z.date().optional() }))
  .output(z.array(item))
  .query(async () => []);
export const get = publicQuery
  .input(z.object({ id: zid('user') }))
  .output(item.nullable())
  .query(async () => null);
export const create = publicMutation
  .input(z.object({ name: z.string().min(1), role: z.enum(['a', 'b']).default('a') }))
  .output(z.string())
  .mutation(async ({ input }) => input.name);
export const rename = publicMutation
  .input(z.object({ id: zid('user'), name: z.string() }))
  .output(z.null())
  .mutation(async () => null);
export const reindex = privateAction
  .input(z.object({ force: z.boolean() }))
  .output(z.object({ count: z.number() }))
  .action(async () => ({ count: 0 }));
`;

/** The line that one change adds to a module. */
export const CHANGE = `export const extra = publicQuery.output(z.null()).query(async () => null);\n`;

const writeKitcnSources: WriteProject = writeProject({
  functionsDir: 'convex/functions',
  crpc: `import { initCRPC } from '../functions/generated/server';
const c = initCRPC.create();
export const publicQuery = c.query;
export const publicMutation = c.mutation;
export const privateAction = c.action.internal();
`,
});

/** With `kitcn` installed, since a linked one counts as the user's own files. */
export const writeKitcn: WriteProject = async (folder, modules) => {
  await writeKitcnSources(folder, modules);
  const installed = path.join(folder, 'node_modules/kitcn');
  for (const part of ['dist', 'package.json']) {
    await cp(path.join(KITCN_PACKAGE, part), path.join(installed, part), { recursive: true });
  }
};

const KITCN_PACKAGE = path.join(import.meta.dirname, '../../packages/kitcn');

export const writeBetterConvex: WriteProject = writeProject({
  functionsDir: 'convex/functions',
  crpc: `import { initCRPC } from 'better-convex/server';
const c = initCRPC.create();
export const publicQuery = c.query;
export const publicMutation = c.mutation;
export const privateAction = c.action.internal();
`,
});
