import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { countInstantiations } from '../instantiations.fixture.ts';

/** What one more procedure may cost the type checker, in instantiations. */
const BUDGET = 380;

const TSCONFIG = {
  compilerOptions: {
    target: 'ES2022',
    lib: ['ES2023', 'DOM'],
    types: [],
    module: 'ESNext',
    moduleResolution: 'Bundler',
    strict: true,
    noEmit: true,
    skipLibCheck: true,
  },
  include: ['*.ts'],
};

const CRPC = `import { defineSchema, defineTable } from 'convex/server';
import type { DataModelFromSchemaDefinition } from 'convex/server';
import { v } from 'convex/values';
import { initCRPC } from 'kitcn/server';
const schema = defineSchema({ team: defineTable({ name: v.string(), size: v.number() }) });
const c = initCRPC.dataModel<DataModelFromSchemaDefinition<typeof schema>>().create();
export const { query, mutation } = c;
export const authQuery = query.use(async ({ next }) => next({ ctx: { user: { name: 'Ada' } } }));
`;

/** Five procedures, with and without a declared output, with and without middleware. */
const MODULE = `import { z } from 'zod';
import { authQuery, mutation, query } from './crpc';
export const list = query
  .input(z.object({ since: z.date().optional(), aNUMBER: z.string() }))
  .output(z.array(z.object({ name: z.string(), bNUMBER: z.number() })))
  .query(async ({ ctx, input }) =>
    (await ctx.db.query('team').collect()).map(({ name, size }) => ({ name: name + input.aNUMBER, bNUMBER: size })));
export const get = query
  .input(z.object({ id: z.string(), cNUMBER: z.number() }))
  .query(async ({ input }) => ({ id: input.id, cNUMBER: input.cNUMBER, at: new Date() }));
export const create = mutation
  .input(z.object({ name: z.string(), dNUMBER: z.number() }))
  .output(z.string())
  .mutation(async ({ ctx, input }) => ctx.db.insert('team', { name: input.name, size: input.dNUMBER }));
export const rename = mutation
  .input(z.object({ name: z.string(), eNUMBER: z.boolean() }))
  .mutation(async ({ input }) => ({ renamed: input.eNUMBER }));
export const mine = authQuery
  .input(z.object({ fNUMBER: z.string() }))
  .query(async ({ ctx, input }) => ({ name: ctx.user.name + input.fNUMBER }));
`;

async function instantiations(folder: string, modules: number): Promise<number> {
  await mkdir(folder);
  await writeFile(path.join(folder, 'tsconfig.json'), JSON.stringify(TSCONFIG));
  await writeFile(path.join(folder, 'crpc.ts'), CRPC);
  for (let index = 0; index < modules; index++) {
    const text = MODULE.replaceAll('NUMBER', `${index}`);
    await writeFile(path.join(folder, `m${index}.ts`), text);
  }
  return countInstantiations(folder);
}

test('one more procedure costs the type checker no more than its budget', async () => {
  const folder = await mkdtemp(path.join(import.meta.dirname, '.tmp-'));
  try {
    const few = await instantiations(path.join(folder, 'few'), 10);
    const many = await instantiations(path.join(folder, 'many'), 30);
    const each = (many - few) / (20 * 5);
    expect(each).toBeGreaterThan(0);
    expect(each).toBeLessThanOrEqual(BUDGET);
  } finally {
    await rm(folder, { recursive: true });
  }
});
