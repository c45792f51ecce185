import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';

/** The same project written with Convex's own builders, composed with `ctx.runQuery` as Convex's docs do. */
export async function writeConvexProject(folder: string, modules: number): Promise<void> {
  const functions = path.join(folder, 'convex/functions');
  await mkdir(functions, { recursive: true });
  for (let index = 0; index < modules; index++) {
    await writeFile(path.join(functions, `m${index}.ts`), MODULE.replaceAll('NUMBER', `${index}`));
  }
}

const MODULE = `import { v } from 'convex/values';
import { internal } from './_generated/api';
import { internalQuery, mutation, query } from './_generated/server';

const team = v.object({ id: v.id('team'), name: v.string(), fNUMBER: v.number(), createdAt: v.number() });

export const list = query({
  args: { since: v.optional(v.number()), searchNUMBER: v.string() },
  returns: v.array(team),
  handler: async (ctx, args) => {
    const teams = await ctx.db.query('team').collect();
    return teams
      .filter(({ name }) => name.includes(args.searchNUMBER))
      .map(({ _id, _creationTime, name, size }) => ({
        id: _id,
        name,
        fNUMBER: size,
        createdAt: _creationTime,
      }));
  },
});

export const get = internalQuery({
  args: { id: v.id('team'), gNUMBER: v.optional(v.number()) },
  handler: async (ctx, args) => {
    const found = await ctx.db.get(args.id);
    return found && { id: found._id, name: found.name, gNUMBER: args.gNUMBER ?? 0, at: Date.now() };
  },
});

export const create = mutation({
  args: { name: v.string(), hNUMBER: v.number() },
  returns: v.id('team'),
  handler: async (ctx, args) => {
    const identity = await ctx.auth.getUserIdentity();
    if (!identity) throw new Error('UNAUTHORIZED');
    return ctx.db.insert('team', { name: args.name, ownerId: identity.subject, size: args.hNUMBER });
  },
});

export const rename = mutation({
  args: { id: v.id('team'), name: v.string(), iNUMBER: v.boolean() },
  handler: async (ctx, args) => {
    await ctx.db.patch(args.id, { name: args.name });
    return { renamed: args.iNUMBER };
  },
});

export const overview = query({
  args: { id: v.id('team'), jNUMBER: v.string() },
  handler: async (ctx, args): Promise<{ name: string | null; count: number; asked: string }> => {
    const identity = await ctx.auth.getUserIdentity();
    if (!identity) throw new Error('UNAUTHORIZED');
    const found: { name: string } | null = await ctx.runQuery(internal.mNUMBER.get, { id: args.id });
    const all: unknown[] = await ctx.db.query('team').collect();
    return { name: found?.name ?? null, count: all.length, asked: identity.subject };
  },
});
`;
