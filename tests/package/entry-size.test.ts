import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { expect, test } from 'vitest';
import { runProgram } from '../run-program.ts';
import { costOf, unique } from './import-cost.fixture.ts';
import type { Use } from './import-cost.fixture.ts';

const resolveDir = fileURLToPath(new URL('../', import.meta.url));
const manifest = new URL('../../packages/kitcn/package.json', import.meta.url);
const { peerDependencies } = JSON.parse(readFileSync(manifest, 'utf8')) as {
  peerDependencies: Record<string, string>;
};

function kitcn(contents: string, conditions: string[]): Use {
  return { contents, resolveDir, peers: Object.keys(peerDependencies), conditions };
}

/** Room for small changes; past it, either the change is too dear or the budget is to be raised knowingly. */
interface Budget {
  use: string;
  budget: number;
  parts: string[];
  peers: string[];
  /** Of what bundles it, beside the usual ones. */
  conditions?: string[];
}

const BUDGETS: Budget[] = [
  {
    use: `export { initCRPC } from 'kitcn/server'`,
    conditions: ['convex'],
    budget: 8_000,
    parts: ['errors', 'procedure', 'wire'],
    peers: [
      'convex-helpers/server/zod4',
      'convex/server',
      'convex/values',
      'zod/mini',
      'zod/v4/core',
    ],
  },
  {
    use: `export { createCallerFactory } from 'kitcn/server'`,
    budget: 5_000,
    parts: ['caller', 'wire'],
    peers: ['convex', 'convex/server'],
  },
  {
    use: `export { createModuleCaller } from 'kitcn/server'`,
    conditions: ['convex'],
    budget: 4_200,
    parts: ['errors', 'runtime', 'shared', 'wire'],
    peers: ['convex/server'],
  },
  {
    use: `export { createModuleHandler } from 'kitcn/server'`,
    conditions: ['convex'],
    budget: 3_300,
    parts: ['errors', 'runtime', 'shared', 'wire'],
    peers: [],
  },
  {
    use: `export { CRPCError, httpStatus, isCRPCError } from 'kitcn/crpc'`,
    budget: 650,
    parts: ['errors'],
    peers: [],
  },
  {
    use: `export { createApi } from 'kitcn/crpc'`,
    budget: 330,
    parts: ['api'],
    peers: ['convex/server'],
  },
  {
    use: `export { createTransformer, mapCodec, setCodec } from 'kitcn/crpc'`,
    budget: 2_700,
    parts: ['errors', 'wire'],
    peers: [],
  },
  {
    use: `export { createHttpRouter } from 'kitcn/http'`,
    budget: 9_800,
    parts: ['errors', 'http', 'procedure', 'wire'],
    peers: [
      'convex-helpers/server/hono',
      'convex-helpers/server/zod4',
      'convex/server',
      'convex/values',
      'zod/v4/core',
    ],
  },
  {
    use: `export { createOtelInterceptor } from 'kitcn/otel'`,
    budget: 900,
    parts: ['caller', 'errors', 'otel'],
    peers: ['@opentelemetry/api'],
  },
];

test.each(BUDGETS)('$use', async ({ use, budget, parts, peers, conditions = [] }) => {
  const cost = await costOf(kitcn(use, conditions));
  expect({ parts: cost.parts, peers: cost.peers }).toEqual({ parts, peers });
  expect(cost.bytes).toBeLessThanOrEqual(budget);
  expect(cost.bytes, 'a budget that nothing comes near guards nothing').toBeGreaterThan(
    budget * 0.8,
  );
});

test.each([
  ['Wrangler', ['workerd'], 16_000],
  ['whoever bundles for anything', [], 16_900],
])('the remote caller in one file, as %s makes it', async (_, conditions, budget) => {
  const use = kitcn(`export { createCallerFactory } from 'kitcn/server'`, conditions);
  const { inOneFile } = await costOf(use);
  expect(inOneFile).toBeLessThanOrEqual(budget);
});

test('functions are deployed without what the remote caller loads later', async () => {
  const use = kitcn(`export { initCRPC } from 'kitcn/server'`, ['convex']);
  const { bytes, inOneFile } = await costOf(use);
  expect(bytes).toBe(inOneFile);
});

test('no `import { z }` of ours pins 256 KB of Zod: neither its classic half nor its languages', async () => {
  const { metafile } = await build({
    stdin: { contents: `export { initCRPC } from 'kitcn/server'`, resolveDir, loader: 'ts' },
    bundle: true,
    write: false,
    metafile: true,
    format: 'esm',
    platform: 'neutral',
    mainFields: ['module', 'main'],
  });
  const [output] = Object.values(metafile.outputs);
  const used = Object.entries(output?.inputs ?? {}).filter(([, input]) => input.bytesInOutput > 0);
  const zod = used
    .map(([file]) => /zod\/v4\/(\w+)/.exec(file)?.[1])
    .filter((part) => part !== undefined);
  expect(unique(zod)).toEqual(['core', 'mini']);
});

const COUNT_MODULES = `
import { registerHooks } from 'node:module';
const own = [];
registerHooks({
  load(url, context, next) {
    if (/packages\\/kitcn\\/dist\\//.test(url)) own.push(url.replace(/.*\\/dist\\//, ''));
    return next(url, context);
  },
});
await import('kitcn/server');
await import('kitcn/crpc');
console.log(JSON.stringify(own.toSorted()));
`;

test('Node loads the library as a few files, since each costs time', async () => {
  const { stdout } = await runProgram(
    process.execPath,
    ['--input-type=module', '-e', COUNT_MODULES],
    {
      cwd: resolveDir,
    },
  );
  expect(JSON.parse(stdout)).toEqual(['node/crpc.js', 'node/server.js', 'node/shared.js']);
});
