import { mkdtemp, mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { runProgram } from '../run-program.ts';

const CALLS = 20;

const MODULE = `import { zid } from 'convex-helpers/server/zod4';
import { z } from 'zod';
import { query } from '../lib/crpc';
const item = z.object({ id: zid('user'), name: z.string(), at: z.date(), role: z.enum(['a', 'b']) });
export const list = query.input(z.object({ after: z.date().optional() })).output(z.array(item)).query(() => []);
export const get = query.input(z.object({ id: zid('user') })).output(item.nullable()).query(() => null);
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

/** How many types TypeScript instantiates for a server's code that calls procedures of so many modules. */
async function instantiations(modules: number): Promise<number> {
  const root = await mkdtemp(path.join(import.meta.dirname, 'fixtures', '.tmp-'));
  try {
    await mkdir(path.join(root, 'convex/functions'), { recursive: true });
    await mkdir(path.join(root, 'convex/lib'));
    await writeFile(path.join(root, 'convex.json'), '{ "functions": "convex/functions" }');
    await writeFile(
      path.join(root, 'tsconfig.json'),
      '{ "extends": "../../../../examples/quickstart/tsconfig.json", "include": ["consumer.ts"] }',
    );
    await writeFile(
      path.join(root, 'convex/lib/crpc.ts'),
      `import { initCRPC } from '../functions/generated/server';\nexport const { query } = initCRPC.create();\n`,
    );
    for (let index = 0; index < modules; index += 1) {
      await writeFile(path.join(root, `convex/functions/mod${index}.ts`), MODULE);
    }
    await writeFile(path.join(root, 'consumer.ts'), CONSUMER);
    expect(await runProgram('kitcn', ['codegen'], { cwd: root })).toMatchObject({ code: 0 });
    const args = ['-p', '.', '--pretty', 'false', '--extendedDiagnostics'];
    const { stdout } = await runProgram('tsc', args, { cwd: root });
    expect(stdout).not.toContain('error');
    return Number(/Instantiations:\s+(\d+)/.exec(stdout)?.[1]);
  } finally {
    await rm(root, { recursive: true, force: true });
  }
}

test('what a call costs the type checker of a server does not grow with the backend', async () => {
  const few = await instantiations(CALLS / 2);
  expect(few / CALLS).toBeLessThan(90);
  expect(await instantiations(60)).toBe(few);
});
