import path from 'node:path';
import { build } from 'esbuild';
import type { Plugin } from 'esbuild';
import type { FunctionsBundle } from '../../project/bundle.ts';
import type { EntryPoint } from '../../project/entry-points.ts';
import { functionsBuildOptions } from '../../project/functions-build-options.ts';
import { toPosix } from '../../project/project.ts';
import type { Project } from '../../project/project.ts';
import { SourceGraph } from './source-graph.ts';

/** Several modules in one: much quicker to make and to load than a file for each, and without source maps. */
export interface BundleAtOnce {
  bundle: FunctionsBundle;
  graph: SourceGraph;
}

/** The name of the one entry of such a bundle. */
export const AT_ONCE = '_kitcn/modules';

/** The export of the bundle that is the namespace of the module at `index` of its entry points. */
export function memberAt(index: number): string {
  return `module${index}`;
}

/** Bundles entry points into one module that exports the namespace of each. Throws what esbuild throws. */
export async function bundleAtOnce(
  project: Project,
  entryPoints: readonly EntryPoint[],
  plugins: readonly Plugin[],
): Promise<BundleAtOnce> {
  const result = await build({
    ...functionsBuildOptions(project, [entryPlugin(project, entryPoints), ...plugins]),
    entryPoints: [{ in: AT_ONCE, out: AT_ONCE }],
    write: false,
    metafile: true,
  });
  const modules = result.outputFiles.map(({ text }) => ({
    path: `${AT_ONCE}.js`,
    source: text,
    sourceMap: null,
  }));
  return {
    bundle: { entries: [AT_ONCE], modules, inputs: [] },
    graph: new SourceGraph(project.root, result.metafile),
  };
}

function entryPlugin(project: Project, entryPoints: readonly EntryPoint[]): Plugin {
  const namespace = 'kitcn-entry';
  const contents = entryPoints
    .map(({ file }, index) => `export * as ${memberAt(index)} from ${JSON.stringify(file)};\n`)
    .join('');
  return {
    name: namespace,
    setup(build) {
      build.onResolve({ filter: /^_kitcn\/modules$/ }, ({ kind, path: name }) =>
        kind === 'entry-point' ? { path: name, namespace } : undefined,
      );
      build.onLoad({ filter: /.*/, namespace }, () => ({
        contents,
        loader: 'js',
        resolveDir: project.functionsDir,
      }));
    },
  };
}

/** Bundles files of packages, each as a module of its own, as other bundles can import them. */
export async function bundlePackages(
  project: Project,
  packages: PackageModules,
  plugins: readonly Plugin[],
): Promise<FunctionsBundle> {
  const entries = [...packages].map(([file, name]) => ({ in: file, out: name }));
  const result = await build({
    ...functionsBuildOptions(project, plugins),
    entryPoints: entries,
    write: false,
    splitting: true,
    chunkNames: '_packages/[name]-[hash]',
  });
  return {
    entries: entries.map(({ out }) => out),
    modules: result.outputFiles.map((output) => ({
      path: toPosix(path.relative(project.functionsDir, output.path)),
      source: output.text,
      sourceMap: null,
    })),
    inputs: [],
  };
}

/** The names of bundled modules of packages, by their files. */
export type PackageModules = ReadonlyMap<string, string>;

export function namePackages(files: readonly string[]): PackageModules {
  return new Map(files.map((file, index) => [file, `_packages/package${index}`]));
}

/** Leaves out of a bundle what `bundlePackages` has made modules of. */
export function packagesPlugin(packages: PackageModules): Plugin {
  const pluginData = 'kitcn-packages';
  return {
    name: pluginData,
    setup(build) {
      build.onResolve({ filter: /^[^./]/ }, async (args) => {
        if (args.pluginData !== undefined || args.kind === 'entry-point') return undefined;
        const { kind, importer, resolveDir } = args;
        const found = await build.resolve(args.path, { kind, importer, resolveDir, pluginData });
        const name = packages.get(found.path);
        // From the folder of the one module that the bundle is made into.
        if (name !== undefined) return { path: `../${name}.js`, external: true };
        if (found.errors.length > 0) return { errors: found.errors };
        const { path: resolved, namespace, external, sideEffects } = found;
        return { path: resolved, namespace, external, sideEffects };
      });
    },
  };
}
