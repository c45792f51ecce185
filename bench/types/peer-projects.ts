import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';

/** What differs between libraries whose routers are made by hand, over the same context of Convex. */
interface Peer {
  lib: string;
  module: string;
  /** The router over all modules. */
  root: string;
}

function writePeer({ lib, module, root }: Peer) {
  return async (folder: string, modules: number): Promise<void> => {
    const functions = path.join(folder, 'convex/functions');
    await mkdir(functions, { recursive: true });
    await mkdir(path.join(folder, 'convex/lib'), { recursive: true });
    await writeFile(path.join(folder, 'convex/lib/base.ts'), lib);
    const names = Array.from({ length: modules }, (_, index) => `m${index}`);
    for (const [index, name] of names.entries()) {
      const text = `${HEAD}${module}`.replaceAll('NUMBER', `${index}`);
      await writeFile(path.join(functions, `${name}.ts`), text);
    }
    const imports = names.map((name) => `import * as ${name} from './functions/${name}';\n`);
    const text = `${imports.join('')}${root.replace('MODULES', names.join(', '))}`;
    await writeFile(path.join(folder, 'convex/router.ts'), text);
  };
}

const HEAD = `import { zid } from 'convex-helpers/server/zod4';
import { z } from 'zod';

const team = z.object({ id: zid('team'), name: z.string(), fNUMBER: z.number(), createdAt: z.date() });
`;

const LIST = `const teams = await ctx.db.query('team').collect();
    return teams
      .filter(({ name }) => name.includes(input.searchNUMBER))
      .map(({ _id, _creationTime, name, size }) => ({
        id: _id,
        name,
        fNUMBER: size,
        createdAt: new Date(_creationTime),
      }));`;

const GET = `const found = await ctx.db.get(input.id);
    return found && { id: found._id, name: found.name, gNUMBER: input.gNUMBER ?? 0, at: new Date() };`;

const CREATE = `return ctx.db.insert('team', { name: input.name, ownerId: ctx.identity.subject, size: input.hNUMBER });`;

const RENAME = `await ctx.db.patch(input.id, { name: input.name });
    return { renamed: input.iNUMBER };`;

const LIST_INPUT = `z.object({ since: z.date().optional(), searchNUMBER: z.string() })`;
const GET_INPUT = `z.object({ id: zid('team'), gNUMBER: z.number().optional() })`;
const CREATE_INPUT = `z.object({ name: z.string().min(1), hNUMBER: z.number() })`;
const RENAME_INPUT = `z.object({ id: zid('team'), name: z.string().min(1), iNUMBER: z.boolean() })`;
const OVERVIEW_INPUT = `z.object({ id: zid('team'), jNUMBER: z.string() })`;

export const writeTrpcProject: ReturnType<typeof writePeer> = writePeer({
  lib: `import { initTRPC, TRPCError } from '@trpc/server';
import superjson from 'superjson';
import type { MutationCtx } from '../functions/_generated/server';
const t = initTRPC.context<MutationCtx>().create({ transformer: superjson });
export const { router, createCallerFactory, procedure } = t;
export const authed = procedure.use(async ({ ctx, next }) => {
  const identity = await ctx.auth.getUserIdentity();
  if (!identity) throw new TRPCError({ code: 'UNAUTHORIZED' });
  return next({ ctx: { identity } });
});
`,
  module: `import { authed, createCallerFactory, procedure, router } from '../lib/base';

const composed = {
  list: procedure.input(${LIST_INPUT}).output(z.array(team)).query(async ({ ctx, input }) => {
    ${LIST}
  }),
  get: procedure.input(${GET_INPUT}).query(async ({ ctx, input }) => {
    ${GET}
  }),
};
const createCaller = createCallerFactory(router(composed));
export const routes = router({
  ...composed,
  create: authed.input(${CREATE_INPUT}).output(zid('team')).mutation(async ({ ctx, input }) => {
    ${CREATE}
  }),
  rename: procedure.input(${RENAME_INPUT}).mutation(async ({ ctx, input }) => {
    ${RENAME}
  }),
  overview: authed.input(${OVERVIEW_INPUT}).query(async ({ ctx, input }) => {
    const caller = createCaller(ctx);
    const found = await caller.get({ id: input.id });
    const all = await caller.list({ searchNUMBER: input.jNUMBER });
    return { name: found?.name ?? null, count: all.length, asked: ctx.identity.subject };
  }),
});
`,
  root: `import { router } from './lib/base';
const modules = { MODULES };
type Modules = typeof modules;
export const appRouter = router(
  Object.fromEntries(Object.entries(modules).map(([name, { routes }]) => [name, routes])) as {
    [Name in keyof Modules]: Modules[Name]['routes'];
  },
);
export type AppRouter = typeof appRouter;
`,
});

export const writeOrpcProject: ReturnType<typeof writePeer> = writePeer({
  lib: `import { ORPCError, os } from '@orpc/server';
import type { MutationCtx } from '../functions/_generated/server';
export const procedure = os.$context<MutationCtx>();
export const authed = procedure.use(async ({ context, next }) => {
  const identity = await context.auth.getUserIdentity();
  if (!identity) throw new ORPCError('UNAUTHORIZED');
  return next({ context: { identity } });
});
`,
  module: `import { call } from '@orpc/server';
import { authed, procedure } from '../lib/base';

export const list = procedure.input(${LIST_INPUT}).output(z.array(team)).handler(async ({ context: ctx, input }) => {
    ${LIST}
});
export const get = procedure.input(${GET_INPUT}).handler(async ({ context: ctx, input }) => {
    ${GET}
});
export const create = authed.input(${CREATE_INPUT}).output(zid('team')).handler(async ({ context: ctx, input }) => {
    ${CREATE}
});
export const rename = procedure.input(${RENAME_INPUT}).handler(async ({ context: ctx, input }) => {
    ${RENAME}
});
export const overview = authed.input(${OVERVIEW_INPUT}).handler(async ({ context, input }) => {
  const found = await call(get, { id: input.id }, { context });
  const all = await call(list, { searchNUMBER: input.jNUMBER }, { context });
  return { name: found?.name ?? null, count: all.length, asked: context.identity.subject };
});
`,
  root: `export const router = { MODULES };
export type Router = typeof router;
`,
});
