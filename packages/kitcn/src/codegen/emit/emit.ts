import path from 'node:path';
import { toPosix } from '../../project/project.ts';
import type { Project } from '../../project/project.ts';
import type { ModuleModel, ProjectModel } from '../model/project-model.ts';
import { emitApi } from './emit-api.ts';
import { emitConvexApi, emitConvexApiTypes } from './emit-convex-api.ts';
import { emitConvexDataModel } from './emit-convex-data-model.ts';
import { emitConvexServer, emitConvexServerTypes } from './emit-convex-server.ts';
import { emitRuntime } from './emit-runtime.ts';
import { emitServer } from './emit-server.ts';
import type { OutputFile } from './output-file.ts';
import { PrintedBefore } from './printed-before.ts';

/** All generated files of a project. The same model gives the same text everywhere. */
export function emit(project: Project, model: ProjectModel): OutputFile[] {
  const inFunctions = (name: string, text: string): OutputFile => ({
    file: path.join(project.functionsDir, name),
    text,
  });
  const fromApi = toPosix(path.relative(path.dirname(project.apiFile), project.functionsDir));
  return [
    inFunctions('_generated/api.d.ts', emitConvexApiTypes(model)),
    inFunctions('_generated/api.js', emitConvexApi()),
    inFunctions('_generated/dataModel.d.ts', emitConvexDataModel(model.hasSchema)),
    inFunctions('_generated/server.d.ts', emitConvexServerTypes()),
    inFunctions('_generated/server.js', emitConvexServer()),
    inFunctions('generated/server.ts', emitServer()),
    ...model.modules.map((module) =>
      inFunctions(`generated/${module.path}.runtime.ts`, runtimeOf(module)),
    ),
    { file: project.apiFile, text: emitApi(model, fromApi) },
  ];
}

function runtimeOf(module: ModuleModel): string {
  const { functions, ...names } = module;
  return runtimes.get(functions, JSON.stringify(names), () => emitRuntime(module));
}

const runtimes = new PrintedBefore<string>();
