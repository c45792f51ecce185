import { relative } from 'node:path';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import type { BuildOptions, Metafile, OutputFile } from 'esbuild';

/** What an import costs whoever bundles it. */
export interface Cost {
  /** Minified and gzipped, without peers and without what is loaded later. */
  bytes: number;
  /** Minified and gzipped, without peers, where all of it is put into one file. */
  inOneFile: number;
  /** Rooms of kitcn, and packages that are not peers, whose code is in what is loaded at once. */
  parts: string[];
  /** Modules of peers that it imports. */
  peers: string[];
}

/** An import as a program has it. */
export interface Use {
  /** The program. */
  contents: string;
  /** Where the program would stand. */
  resolveDir: string;
  /** Packages that are not counted. */
  peers: readonly string[];
  /** Of what bundles it, beside the usual ones. */
  conditions?: string[];
}

/** Measured with esbuild, with and without splitting. */
export async function costOf({ contents, resolveDir, peers, conditions = [] }: Use): Promise<Cost> {
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
    external: peers.flatMap((name) => [name, `${name}/*`]),
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

export function unique(names: string[]): string[] {
  return [...new Set(names)].toSorted();
}
