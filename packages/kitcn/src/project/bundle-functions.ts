import path from 'node:path';
import { build } from 'esbuild';
import type { BuildFailure, BuildOptions, Message, Metafile, OutputFile, Plugin } from 'esbuild';
import type { BundledModule, FunctionsBundle } from './bundle.ts';
import { findEntryPoints } from './entry-points.ts';
import type { EntryPoint } from './entry-points.ts';
import { functionsBuildOptions } from './functions-build-options.ts';
import { ProjectError } from './project-error.ts';
import type { SourcePosition } from './project-error.ts';
import { toPosix } from './project.ts';
import type { Project } from './project.ts';
import { isFileName } from './source-name.ts';
import { STAND_IN_NAMESPACE, standInsPlugin } from './stand-ins.ts';
import type { StandIns } from './stand-ins.ts';

export interface BundleOptions {
  /** Those of the project, unless some of them are given. */
  entryPoints?: readonly EntryPoint[] | undefined;
  standIns?: StandIns | undefined;
  /** Additions to how files are found and read. */
  plugins?: readonly Plugin[] | undefined;
}

/**
 * Bundles a functions folder into ES modules as Convex's own bundler does: packages included, shared code in `_deps/`,
 * conditions `convex` and `module`. Source maps name files by their path from the project folder.
 */
export async function bundleFunctions(
  project: Project,
  options: BundleOptions = {},
): Promise<FunctionsBundle> {
  const { entryPoints = await findEntryPoints(project), standIns, plugins = [] } = options;
  if (entryPoints.length === 0) return { entries: [], modules: [], inputs: [] };
  const buildOptions = splitBuildOptions(project, entryPoints, [
    ...plugins,
    ...(standIns ? [standInsPlugin(project, standIns)] : []),
  ]);
  const { outputFiles, metafile } = await build(buildOptions).catch((error: unknown) => {
    throw toProjectError(error, project.root);
  });
  return {
    entries: entryPoints.map(({ name }) => name),
    modules: toModules(project, outputFiles),
    inputs: inputsOf(project, metafile),
  };
}

/** A module for each entry point, and chunks for what they share. */
export function splitBuildOptions(
  project: Project,
  entryPoints: readonly EntryPoint[],
  plugins: readonly Plugin[] = [],
): BuildOptions & { write: false; metafile: true } {
  return {
    ...functionsBuildOptions(project, plugins),
    entryPoints: entryPoints.map(({ name, file }) => ({ in: file, out: name })),
    write: false,
    splitting: true,
    chunkNames: '_deps/[name]-[hash]',
    sourcemap: 'external',
    sourcesContent: false,
    metafile: true,
  };
}

/** Absolute paths of the files that a bundle was made of, sorted. */
export function inputsOf(project: Project, metafile: Metafile): string[] {
  return Object.keys(metafile.inputs)
    .filter(isFileName)
    .map((input) => path.resolve(project.root, input))
    .sort();
}

/**
 * The modules among the outputs of a build, sorted.
 *
 * @param known the modules of a build before, which are taken over where the outputs are the same, and those of this one after it.
 */
export function toModules(
  project: Project,
  files: readonly OutputFile[],
  known: Map<string, BundledModule> = new Map(),
): BundledModule[] {
  const maps = new Map(files.map((file) => [file.path, file]));
  const modules = new Map<string, BundledModule>();
  for (const file of files) {
    if (!file.path.endsWith('.js')) continue;
    const map = maps.get(`${file.path}.map`);
    const key = `${file.path} ${file.hash} ${map?.hash ?? ''}`;
    modules.set(key, known.get(key) ?? toModule(project, file, map));
  }
  known.clear();
  for (const [key, module] of modules) known.set(key, module);
  return [...modules.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
}

function toModule(project: Project, file: OutputFile, map: OutputFile | undefined): BundledModule {
  const folder = path.dirname(file.path);
  return {
    path: toPosix(path.relative(project.functionsDir, file.path)),
    source: file.text,
    sourceMap: map === undefined ? null : nameSourcesFromRoot(map.text, folder, project.root),
  };
}

/** Where the file would lie that a stand-in stands for, without extension. */
function standInName(source: string, root: string): string | undefined {
  const prefix = `${STAND_IN_NAMESPACE}:`;
  if (!source.startsWith(prefix)) return undefined;
  return toPosix(path.relative(root, source.slice(prefix.length)));
}

/** esbuild names sources relative to the output file; errors should name them as the user sees them. */
function nameSourcesFromRoot(map: string, folder: string, root: string): string {
  // esbuild's own output, so its shape is known.
  const parsed = JSON.parse(map) as { sources: string[] };
  const sources = parsed.sources.map((source) => {
    const standIn = standInName(source, root);
    if (standIn !== undefined) return standIn;
    return isFileName(source) ? toPosix(path.relative(root, path.resolve(folder, source))) : source;
  });
  return JSON.stringify({ ...parsed, sources });
}

function isBuildFailure(error: unknown): error is BuildFailure {
  return error instanceof Error && 'errors' in error && Array.isArray(error.errors);
}

/** What esbuild threw, as the user should read it; anything else as it is. */
export function toProjectError(failure: unknown, root: string): unknown {
  if (!isBuildFailure(failure)) return failure;
  const [first, ...others] = failure.errors;
  if (first === undefined)
    return new ProjectError('BUNDLE_FAILED', failure.message, { cause: failure });
  const more = others.length === 0 ? '' : ` (and ${others.length} more)`;
  return new ProjectError('BUNDLE_FAILED', `${first.text}${more}`, {
    at: positionOf(first, root),
    cause: failure,
  });
}

function positionOf({ location }: Message, root: string): SourcePosition | undefined {
  if (!location) return undefined;
  const file = standInName(location.file, root) ?? toPosix(location.file);
  // esbuild counts columns from 0.
  return { file, line: location.line, column: location.column + 1 };
}
