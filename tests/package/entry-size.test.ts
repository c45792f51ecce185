import { readFileSync } from 'node:fs';
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import type { BuildOptions, Metafile, OutputFile } from 'esbuild';
import { expect, test } from 'vitest';
import { runProgram } from '../run-program.ts';

const resolveDir = fileURLToPath(new URL('../', import.meta.url));
const manifest = new URL('../../packages/kitcn/package.json', import.meta.url);
const { peerDependencies } = JSON.parse(readFileSync(manifest, 'utf8')) as {
  peerDependencies: Record<string, string>;
};

/** What an import costs whoever bundles it. */
interface Cost {
  /** Minified and gzipped, without peers and without what is loaded later. */
  bytes: number;
  /** Minified and gzipped, without peers, where all of it is put into one file. */
  inOneFile: number;
  /** Rooms of the package, and other packages that are not peers, whose code is in it. */
  parts: string[];
  /** Modules of peers that it imports. */
  peers: string[];
}

async function costOf(contents: string, conditions: string[]): Promise<Cost> {
  const options = {
    stdin: { contents, resolveDir, loader: 'ts' },
    bundle: true,
    minify: true,
    write: false,
    metafile: true,
    format: 'esm',
    platform: 'neutral',
    mainFields: ['module', 'main'],
    conditions,
    external: Object.keys(peerDependencies).flatMap((name) => [name, `${name}/*`]),
  } satisfies BuildOptions;
  const [oneFile, { outputFiles, metafile }] = await Promise.all([
    build(options),
    build({ ...options, splitting: true, absWorkingDir: resolveDir, outdir: 'out' }),
  ]);
  const chunks = chunksLoadedAtOnce(metafile);
  const used = chunks
    .flatMap((chunk) => Object.entries(metafile.outputs[chunk]?.inputs ?? {}))
    .filter(([, { bytesInOutput }]) => bytesInOutput > 0);
  const imports = chunks.flatMap((chunk) => metafile.outputs[chunk]?.imports ?? []);
  return {
    bytes: zippedSize(
      outputFiles.filter(({ path }) => chunks.includes(relative(resolveDir, path))),
    ),
    inOneFile: zippedSize(oneFile.outputFiles),
    parts: unique(used.map(([file]) => toPart(file))),
    peers: unique(imports.filter(({ external }) => external).map(({ path }) => path)),
  };
}

/** The chunk of the program, and those that it imports other than by `import()`. */
function chunksLoadedAtOnce({ outputs }: Metafile): string[] {
  // A set hands out what is added while it is walked.
  const chunks = new Set(
    Object.keys(outputs).filter((name) => outputs[name]?.entryPoint === '<stdin>'),
  );
  for (const chunk of chunks) {
    for (const { path, kind, external } of outputs[chunk]?.imports ?? []) {
      if (kind === 'import-statement' && !external) chunks.add(path);
    }
  }
  return [...chunks];
}

/** Each file is sent by itself. */
function zippedSize(files: readonly OutputFile[]): number {
  return files.reduce((bytes, { contents }) => bytes + gzipSync(contents, { level: 9 }).length, 0);
}

/** `packages/kitcn/dist/wire/tag.js` is of `wire`, `node_modules/convex-helpers/index.js` of `convex-helpers`. */
function toPart(file: string): string {
  return /(?:node_modules|kitcn\/dist)\/([^/]+)/.exec(file)?.[1] ?? file;
}

function unique(names: string[]): string[] {
  return [...new Set(names)].toSorted();
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
    budget: 8_000,
    parts: ['caller', 'errors', 'wire'],
    peers: ['convex', 'convex/server', 'convex/values'],
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
  const cost = await costOf(use, conditions);
  expect({ parts: cost.parts, peers: cost.peers }).toEqual({ parts, peers });
  expect(cost.bytes).toBeLessThanOrEqual(budget);
  expect(cost.bytes, 'a budget that nothing comes near guards nothing').toBeGreaterThan(
    budget * 0.8,
  );
});

test.each([
  ['Wrangler', ['workerd'], 15_900],
  ['whoever bundles for anything', [], 16_900],
])('the remote caller in one file, as %s makes it', async (_, conditions, budget) => {
  const { inOneFile } = await costOf(
    `export { createCallerFactory } from 'kitcn/server'`,
    conditions,
  );
  expect(inOneFile).toBeLessThanOrEqual(budget);
});

test('functions are deployed without what the remote caller loads later', async () => {
  const { bytes, inOneFile } = await costOf(`export { initCRPC } from 'kitcn/server'`, ['convex']);
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
