import type { Plugin } from 'esbuild';
import { bundleFunctions } from '../../project/bundle-functions.ts';
import type { EntryPoint } from '../../project/entry-points.ts';
import type { Project } from '../../project/project.ts';
import { isPackageFile } from '../../project/source-name.ts';
import { AT_ONCE, bundleAtOnce, memberAt } from './bundle-at-once.ts';
import type { InspectedModule, InspectionOptions } from './inspection.ts';
import { Inspector } from './inspector.ts';
import type { SourceGraph } from './source-graph.ts';
import { mergeTraits, readSourceTraits } from './source-traits.ts';
import type { SourceTraits } from './source-traits.ts';

/** An entry point with all that is known of it. */
export interface ExaminedModule {
  entryPoint: EntryPoint;
  found: InspectedModule;
  /** Keys of the source graph: the project's own files that it is made of. */
  reached: ReadonlySet<string>;
}

const NOTHING: InspectedModule = { functions: [], routes: [] };

export interface Examination {
  project: Project;
  entryPoints: readonly EntryPoint[];
  plugins: readonly Plugin[];
}

/** Entry points, and all files that they are made of. */
export interface ExaminedAtOnce {
  modules: ExaminedModule[];
  graph: SourceGraph;
}

/** Looks at entry points in a realm of their own. */
export async function examineAfresh(
  examination: Examination,
  options: InspectionOptions,
): Promise<ExaminedAtOnce> {
  await using inspector = new Inspector({ ...options, isAnnounced: false });
  return await examineAtOnce(examination, inspector);
}

/** Looks at entry points by way of one bundle that holds them all. */
export async function examineAtOnce(
  { project, entryPoints, plugins }: Examination,
  inspector: Inspector,
): Promise<ExaminedAtOnce> {
  const { bundle, graph } = await bundleAtOnce(project, entryPoints, plugins);
  const traits = await readAllTraits(graph.ownFiles());
  const reached = entryPoints.map(({ file }) => graph.reachedFrom(file));
  const subjects = entryPoints.map(({ name }, index) => ({
    entry: name,
    bundled: AT_ONCE,
    member: memberAt(index),
    traits: mergeTraits([...(reached[index] ?? [])].map((file) => traits.get(file))),
  }));
  const inspected = await inspector.inspect({ bundle, subjects });
  const modules = entryPoints.map((entryPoint, index) => ({
    entryPoint,
    found: inspected.get(entryPoint.name) ?? NOTHING,
    reached: reached[index] ?? new Set<string>(),
  }));
  return { modules, graph };
}

/**
 * Looks at entry points that are bundled apart, with source maps: slow, but what is wrong is told with its place. Which
 * files a module is made of is not known then, so all of them are taken for it.
 */
export async function examineApart(
  { project, entryPoints, plugins }: Examination,
  options: InspectionOptions,
): Promise<{ modules: ExaminedModule[]; inputs: string[] }> {
  const bundle = await bundleFunctions(project, { entryPoints, plugins });
  await using inspector = new Inspector({ ...options, isAnnounced: true });
  const traits = await readAllTraits(bundle.inputs);
  const merged = mergeTraits([...traits.values()]);
  const subjects = bundle.entries.map((entry) => ({
    entry,
    bundled: entry,
    member: undefined,
    traits: merged,
  }));
  const inspected = await inspector.inspect({ bundle, subjects });
  const reached = new Set(bundle.inputs);
  const modules = entryPoints.map((entryPoint) => ({
    entryPoint,
    found: inspected.get(entryPoint.name) ?? NOTHING,
    reached,
  }));
  return { modules, inputs: bundle.inputs };
}

async function readAllTraits(files: readonly string[]): Promise<Map<string, SourceTraits>> {
  const own = files.filter((file) => !isPackageFile(file));
  const traits = await Promise.all(own.map(readSourceTraits));
  return new Map(own.map((file, index) => [file, traits[index] as SourceTraits]));
}
