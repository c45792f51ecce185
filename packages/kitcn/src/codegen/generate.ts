import { loadProject } from '../project/project.ts';
import type { Project } from '../project/project.ts';
import { discover } from './discover/discover.ts';
import { emit } from './emit/emit.ts';
import { buildModel } from './model/build-model.ts';
import { writeOutputs } from './write/write-outputs.ts';
import type { WriteResult } from './write/write-outputs.ts';

export interface GenerateOptions {
  /** The folder that holds `convex.json`, or `convex/`. */
  projectDir: string;
  /** What `process.env` shows to modules while they load. */
  env?: Readonly<Record<string, string>> | undefined;
}

export interface GenerateResult extends WriteResult {
  project: Project;
  /** Queries, mutations and actions, internal ones included. */
  functionCount: number;
  /** Absolute paths of the source files that were read. */
  inputs: string[];
}

/**
 * Brings all generated files of a project up to date. Throws a `ProjectError` that names file and line when a module does
 * not load, and leaves the files as they were.
 */
export async function generate(options: GenerateOptions): Promise<GenerateResult> {
  const project = await loadProject(options.projectDir);
  const found = await discover(project, options.env ?? {});
  const model = buildModel(found);
  const changes = await writeOutputs(project, emit(project, model));
  return {
    ...changes,
    project,
    functionCount: model.modules.reduce((count, { functions }) => count + functions.length, 0),
    inputs: found.inputs,
  };
}
