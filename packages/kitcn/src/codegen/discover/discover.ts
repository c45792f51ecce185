import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { bundleFunctions } from '../../project/bundle-functions.ts';
import type { FunctionsBundle } from '../../project/bundle.ts';
import { SOURCE_EXTENSION } from '../../project/entry-points.ts';
import { toPosix } from '../../project/project.ts';
import type { Project } from '../../project/project.ts';
import type { DiscoveredProject } from '../model/build-model.ts';
import { generatedStandIns } from './generated-stand-ins.ts';
import { inspectBundle } from './inspect-bundle.ts';

export interface Discovery extends DiscoveredProject {
  /** Absolute paths of the source files that were read, for a watcher. */
  inputs: string[];
}

/** Bundles and loads the functions folder to learn what it exports. Reads no generated file and writes nothing. */
export async function discover(
  project: Project,
  env: Readonly<Record<string, string>>,
): Promise<Discovery> {
  const bundle = await bundleFunctions(project, { standIns: generatedStandIns(project) });
  const functions = bundle.entries.length === 0 ? new Map() : await inspectBundle(bundle, env);
  const files = await readdir(project.functionsDir);
  return {
    hasSchema: bundle.entries.includes('schema'),
    hasComponents: files.some((file) => /^convex\.config\.[jt]s$/.test(file)),
    modules: bundle.entries.map((entry) => ({
      path: entry,
      file: fileOf(entry, project, bundle),
      functions: functions.get(entry) ?? [],
    })),
    inputs: bundle.inputs,
  };
}

function fileOf(entry: string, project: Project, bundle: FunctionsBundle): string {
  const stem = path.join(project.functionsDir, entry);
  const file = bundle.inputs.find(
    (input) => SOURCE_EXTENSION.test(input) && input.replace(SOURCE_EXTENSION, '') === stem,
  );
  return toPosix(path.relative(project.root, file ?? stem));
}
