import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { expect, test } from 'vitest';
import { runProgram } from '../run-program.ts';

const resolveDir = fileURLToPath(new URL('../', import.meta.url));
const manifest = new URL('../../packages/kitcn/package.json', import.meta.url);
const { peerDependencies } = JSON.parse(readFileSync(manifest, 'utf8')) as {
  peerDependencies: Record<string, string>;
};

/** What an import costs whoever bundles it. */
interface Cost {
  /** Minified and gzipped, without peers. */
  bytes: number;
  /** Rooms of the package, and other packages that are not peers, whose code is in it. */
  parts: string[];
  /** Modules of peers that it imports. */
  peers: string[];
}

async function costOf(contents: string): Promise<Cost> {
  const { outputFiles, metafile } = await build({
    stdin: { contents, resolveDir, loader: 'ts' },
    bundle: true,
    minify: true,
    write: false,
    metafile: true,
    format: 'esm',
    platform: 'neutral',
    mainFields: ['module', 'main'],
    external: Object.keys(peerDependencies).flatMap((name) => [name, `${name}/*`]),
  });
  const [code] = outputFiles;
  const [output] = Object.values(metafile.outputs);
  const used = Object.entries(output?.inputs ?? {}).filter(
    ([, { bytesInOutput }]) => bytesInOutput > 0,
  );
  return {
    bytes: gzipSync(code?.contents ?? '', { level: 9 }).length,
    parts: unique(used.map(([file]) => toPart(file))),
    peers: unique((output?.imports ?? []).map(({ path }) => path)),
  };
}

/** `packages/kitcn/dist/wire/tag.js` is of `wire`, `node_modules/convex-helpers/index.js` of `convex-helpers`. */
function toPart(file: string): string {
  return /(?:node_modules|kitcn\/dist)\/([^/]+)/.exec(file)?.[1] ?? file;
}

function unique(names: string[]): string[] {
  return [...new Set(names)].toSorted();
}

/** Room for small changes; past it, either the change is too dear or the budget is to be raised knowingly. */
const BUDGETS: { use: string; budget: number; parts: string[]; peers: string[] }[] = [
  {
    use: `export { initCRPC } from 'kitcn/server'`,
    budget: 8_300,
    parts: ['convex-helpers', 'errors', 'procedure', 'wire'],
    peers: ['convex/server', 'convex/values', 'zod/mini', 'zod/v4', 'zod/v4/core'],
  },
  {
    use: `export { createCallerFactory } from 'kitcn/server'`,
    budget: 15_000,
    parts: ['caller', 'errors', 'shared', 'wire'],
    peers: ['convex', 'convex/server', 'convex/values'],
  },
  {
    use: `export { createModuleCaller } from 'kitcn/server'`,
    budget: 4_200,
    parts: ['errors', 'runtime', 'shared', 'wire'],
    peers: ['convex/server'],
  },
  {
    use: `export { createModuleHandler } from 'kitcn/server'`,
    budget: 3_000,
    parts: ['errors', 'runtime', 'shared', 'wire'],
    peers: [],
  },
  {
    use: `export { CRPCError, httpStatus, isCRPCError } from 'kitcn/crpc'`,
    budget: 600,
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
    budget: 2_500,
    parts: ['errors', 'wire'],
    peers: [],
  },
  {
    use: `export { createHttpRouter } from 'kitcn/http'`,
    budget: 13_000,
    parts: ['convex-helpers', 'errors', 'hono', 'http', 'procedure', 'wire'],
    peers: ['convex/server', 'convex/values', 'zod/v4', 'zod/v4/core'],
  },
  {
    use: `export { createOtelInterceptor } from 'kitcn/otel'`,
    budget: 900,
    parts: ['caller', 'errors', 'otel'],
    peers: ['@opentelemetry/api'],
  },
];

test.each(BUDGETS)('$use', async ({ use, budget, parts, peers }) => {
  const cost = await costOf(use);
  expect({ parts: cost.parts, peers: cost.peers }).toEqual({ parts, peers });
  expect(cost.bytes).toBeLessThanOrEqual(budget);
  expect(cost.bytes, 'a budget that nothing comes near guards nothing').toBeGreaterThan(
    budget * 0.8,
  );
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
