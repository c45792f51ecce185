import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';

/** What is generated: so many modules of five procedures each. */
export interface ProjectSize {
  modules: number;
}

/** Writes a project as users write one; generated code is left to `kitcn codegen`. */
export async function writeKitcnProject(folder: string, { modules }: ProjectSize): Promise<void> {
  const functions = path.join(folder, 'convex/functions');
  await mkdir(functions, { recursive: true });
  await mkdir(path.join(folder, 'convex/lib'), { recursive: true });
  await writeFile(path.join(folder, 'package.json'), '{ "type": "module", "private": true }\n');
  await writeFile(path.join(folder, 'convex.json'), '{ "functions": "convex/functions" }\n');
  await writeFile(path.join(folder, 'tsconfig.json'), TSCONFIG);
  await writeFile(path.join(folder, 'convex/lib/crpc.ts'), CRPC);
  await writeFile(path.join(functions, 'schema.ts'), SCHEMA);
  for (let index = 0; index < modules; index++) {
    await writeFile(path.join(functions, `m${index}.ts`), MODULE.replaceAll('NUMBER', `${index}`));
  }
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
    "skipLibCheck": true
  },
  "include": ["convex"]
}
`;

const SCHEMA = `import { defineSchema, defineTable } from 'convex/server';
import { v } from 'convex/values';

export default defineSchema({
  team: defineTable({ name: v.string(), ownerId: v.string(), size: v.number() }).index('by_owner', ['ownerId']),
  user: defineTable({ name: v.string(), email: v.string() }).index('by_email', ['email']),
});
`;

const CRPC = `import { CRPCError } from 'kitcn/crpc';
import { initCRPC } from '../functions/generated/server';

const c = initCRPC.meta<{ auth?: 'required' }>().create();

export const publicQuery = c.query;
export const publicMutation = c.mutation;
export const privateQuery = c.query.internal();

export const authQuery = c.query.meta({ auth: 'required' }).use(async ({ ctx, next }) => {
  const identity = await ctx.auth.getUserIdentity();
  if (!identity) throw new CRPCError({ code: 'UNAUTHORIZED' });
  return next({ ctx: { identity } });
});

export const authMutation = c.mutation.meta({ auth: 'required' }).use(async ({ ctx, next }) => {
  const identity = await ctx.auth.getUserIdentity();
  if (!identity) throw new CRPCError({ code: 'UNAUTHORIZED' });
  return next({ ctx: { identity } });
});
`;

/** A list with a declared output, a get without, two mutations, and a composition of its own module's procedures. */
export const MODULE: string = `import { zid } from 'convex-helpers/server/zod4';
import { z } from 'zod';
import { authMutation, authQuery, privateQuery, publicMutation, publicQuery } from '../lib/crpc';
import { createMNUMBERHandler } from './generated/mNUMBER.runtime';

const team = z.object({ id: zid('team'), name: z.string(), fNUMBER: z.number(), createdAt: z.date() });

export const list = publicQuery
  .input(z.object({ since: z.date().optional(), searchNUMBER: z.string() }))
  .output(z.array(team))
  .query(async ({ ctx, input }) => {
    const teams = await ctx.db.query('team').collect();
    return teams
      .filter(({ name }) => name.includes(input.searchNUMBER))
      .map(({ _id, _creationTime, name, size }) => ({
        id: _id,
        name,
        fNUMBER: size,
        createdAt: new Date(_creationTime),
      }));
  });

export const get = privateQuery
  .input(z.object({ id: zid('team'), gNUMBER: z.number().optional() }))
  .query(async ({ ctx, input }) => {
    const found = await ctx.db.get(input.id);
    return found && { id: found._id, name: found.name, gNUMBER: input.gNUMBER ?? 0, at: new Date() };
  });

export const create = authMutation
  .input(z.object({ name: z.string().min(1), hNUMBER: z.number() }))
  .output(zid('team'))
  .mutation(async ({ ctx, input }) =>
    ctx.db.insert('team', { name: input.name, ownerId: ctx.identity.subject, size: input.hNUMBER }),
  );

export const rename = publicMutation
  .input(z.object({ id: zid('team'), name: z.string().min(1), iNUMBER: z.boolean() }))
  .mutation(async ({ ctx, input }) => {
    await ctx.db.patch(input.id, { name: input.name });
    return { renamed: input.iNUMBER };
  });

export const overview = authQuery
  .input(z.object({ id: zid('team'), jNUMBER: z.string() }))
  .query(async ({ ctx, input }) => {
    const handler = createMNUMBERHandler(ctx);
    const found = await handler.get({ id: input.id });
    const all = await handler.list({ searchNUMBER: input.jNUMBER });
    return { name: found?.name ?? null, count: all.length, asked: ctx.identity.subject };
  });
`;
