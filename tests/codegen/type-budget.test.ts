import { mkdtemp, mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { countInstantiations } from '../instantiations.fixture.ts';
import { runProgram } from '../run-program.ts';

const CALLS = 20;

/** What one more procedure may cost the type checker of a whole backend, in instantiations. */
const BUDGET = 424;

const CRPC = `import { initCRPC } from '../functions/generated/server';
export const { query, mutation } = initCRPC.create();
export const authQuery = query.use(async ({ next }) => next({ ctx: { user: { name: 'Ada' } } }));
`;

const MODULE = `import { zid } from 'convex-helpers/server/zod4';
import { z } from 'zod';
import { query } from '../lib/crpc';
const item = z.object({ id: zid('user'), name: z.string(), at: z.date(), role: z.enum(['a', 'b']) });
export const list = query.input(z.object({ after: z.date().optional() })).output(z.array(item)).query(() => []);
export const get = query.input(z.object({ id: zid('user') })).output(item.nullable()).query(() => null);
`;

/** Five procedures, with and without a declared output and middleware; the last one is composed of two others. */
const COMPOSED = `import { z } from 'zod';
import { authQuery, mutation, query } from '../lib/crpc';
import { createModNUMBERCaller, createModNUMBERHandler } from './generated/modNUMBER.runtime';
export const list = query
  .input(z.object({ since: z.date().optional(), aNUMBER: z.string() }))
  .output(z.array(z.object({ name: z.string(), bNUMBER: z.number() })))
  .query(({ input }) => [{ name: input.aNUMBER, bNUMBER: 1 }]);
export const get = query
  .input(z.object({ id: z.string(), cNUMBER: z.number() }))
  .query(({ input }) => ({ id: input.id, cNUMBER: input.cNUMBER, at: new Date() }));
export const create = mutation
  .input(z.object({ name: z.string(), dNUMBER: z.number() }))
  .output(z.string())
  .mutation(({ input }) => input.name);
export const rename = mutation
  .input(z.object({ name: z.string(), eNUMBER: z.boolean() }))
  .mutation(({ input }) => ({ renamed: input.eNUMBER }));
export const overview = authQuery
  .input(z.object({ fNUMBER: z.string() }))
  .query(async ({ ctx, input }) => {
    const found = await createModNUMBERHandler(ctx).get({ id: input.fNUMBER, cNUMBER: 1 });
    const [first] = await createModNUMBERCaller(ctx).list({ aNUMBER: found.id });
    return { first, at: found.at, user: ctx.user };
  });
`;

const CONSUMER = `import { createCallerFactory } from 'kitcn/server';
import { api } from './convex/shared/api';
const { createContext } = createCallerFactory({ api, convexSiteUrl: 'https://a.convex.site' });
export async function callAll() {
  const { caller } = await createContext({ headers: new Headers() });
  const results: unknown[] = [];
${Array.from({ length: CALLS / 2 }, (_, index) => `  results.push(await caller.mod${index}.list(), (await caller.mod${index}.get({ id: 'a' }))?.at.getTime());`).join('\n')}
  return results;
}
`;

interface Size {
  /** So many modules. */
  modules: number;
  /** The text of each, with its number at `NUMBER`. */
  module: string;
  /** What TypeScript looks at. */
  include: 'consumer.ts' | 'convex';
}

/** How many types TypeScript instantiates for a project whose code is generated. */
async function instantiations({ modules, module, include }: Size): Promise<number> {
  const root = await mkdtemp(path.join(import.meta.dirname, 'fixtures', '.tmp-'));
  try {
    await mkdir(path.join(root, 'convex/functions'), { recursive: true });
    await mkdir(path.join(root, 'convex/lib'));
    await writeFile(path.join(root, 'convex.json'), '{ "functions": "convex/functions" }');
    await writeFile(
      path.join(root, 'tsconfig.json'),
      `{ "extends": "../../../../examples/quickstart/tsconfig.json", "include": ["${include}"] }`,
    );
    await writeFile(path.join(root, 'convex/lib/crpc.ts'), CRPC);
    for (let index = 0; index < modules; index += 1) {
      const text = module.replaceAll('NUMBER', `${index}`);
      await writeFile(path.join(root, `convex/functions/mod${index}.ts`), text);
    }
    await writeFile(path.join(root, 'consumer.ts'), CONSUMER);
    expect(await runProgram('kitcn', ['codegen'], { cwd: root })).toMatchObject({ code: 0 });
    return await countInstantiations(root);
  } finally {
    await rm(root, { recursive: true, force: true });
  }
}

test('what a call costs the type checker of a server does not grow with the backend', async () => {
  const consumer = { module: MODULE, include: 'consumer.ts' } as const;
  const few = await instantiations({ ...consumer, modules: CALLS / 2 });
  expect(few / CALLS).toBeLessThan(48);
  expect(await instantiations({ ...consumer, modules: 60 })).toBe(few);
});

test('a procedure with all that is generated for it, compositions included, keeps its budget', async () => {
  const backend = { module: COMPOSED, include: 'convex' } as const;
  const few = await instantiations({ ...backend, modules: 5 });
  const many = await instantiations({ ...backend, modules: 15 });
  const each = (many - few) / (10 * 5);
  expect(each).toBeGreaterThan(0);
  expect(each).toBeLessThanOrEqual(BUDGET);
});
