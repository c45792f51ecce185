import type { AnalyzedFunction } from '../../project/analyze.ts';
import { ProjectError } from '../../project/project-error.ts';
import { isIdentifier, toImportName, toTypeName } from './names.ts';
import type { FunctionModel, ModuleModel, ProjectModel } from './project-model.ts';

/** What discovery found in the entry points of a functions folder. */
export interface DiscoveredProject {
  hasSchema: boolean;
  hasComponents: boolean;
  modules: DiscoveredModule[];
}

export interface DiscoveredModule {
  path: string;
  /** Path from the project folder, for messages. */
  file: string;
  functions: AnalyzedFunction[];
}

/** Convex gives these modules a meaning of their own; what they export is no part of the api. */
const SPECIAL_MODULES = new Set(['auth.config', 'crons', 'http', 'schema']);

/** Members that callers have besides functions. */
const CALLER_MEMBERS = new Set(['actions', 'schedule']);

/** Names everything that is generated, and refuses projects in which two things would get one name. */
export function buildModel(found: DiscoveredProject): ProjectModel {
  const modules = found.modules
    .filter(({ path }) => !SPECIAL_MODULES.has(path))
    .map((module) => ({ module, functions: toFunctionModels(module.functions) }))
    .filter(({ functions }) => functions.length > 0)
    .sort((a, b) => (a.module.path < b.module.path ? -1 : 1));
  const files = new Map(modules.map(({ module }) => [module.path, module.file]));
  const named = modules.map(({ module, functions }) => nameModule(module, functions));
  refuseSharedNames(named, files, 'importName');
  refuseSharedNames(named, files, 'typeName');
  refuseFunctionsBesideModules(named, files);
  return { hasSchema: found.hasSchema, hasComponents: found.hasComponents, modules: named };
}

function toFunctionModels(functions: readonly AnalyzedFunction[]): FunctionModel[] {
  return functions
    .flatMap(({ kind, ...rest }) => (kind === 'httpAction' ? [] : [{ ...rest, kind }]))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

function nameModule({ path, file }: DiscoveredModule, functions: FunctionModel[]): ModuleModel {
  const badPart = path.split('/').find((part) => !isIdentifier(part));
  if (badPart !== undefined) {
    throw new ProjectError(
      'NAME_INVALID',
      `"${badPart}" in the path of a module with functions must be a JavaScript identifier.`,
      { at: { file } },
    );
  }
  for (const { name, kind } of functions) refuseFunctionName(name, kind, file);
  return { path, importName: toImportName(path), typeName: toTypeName(path), functions };
}

function refuseFunctionName(name: string, kind: FunctionModel['kind'], file: string): void {
  if (!isIdentifier(name)) {
    throw new ProjectError(
      'NAME_INVALID',
      `The function name "${name}" must be a JavaScript identifier.`,
      {
        at: { file },
      },
    );
  }
  if (kind !== 'action' && CALLER_MEMBERS.has(name)) {
    throw new ProjectError(
      'NAME_CLASH',
      `A ${kind} cannot be named "${name}": generated callers have a member of that name. Rename it.`,
      { at: { file } },
    );
  }
}

function refuseSharedNames(
  modules: readonly ModuleModel[],
  files: ReadonlyMap<string, string>,
  key: 'importName' | 'typeName',
): void {
  const owners = new Map<string, string>();
  for (const module of modules) {
    const owner = owners.get(module[key]);
    if (owner !== undefined) throw clash(files.get(owner), files.get(module.path), module[key]);
    owners.set(module[key], module.path);
  }
}

/** `foo.ts` exporting `bar` and `foo/bar.ts` would both be `api.foo.bar`. */
function refuseFunctionsBesideModules(
  modules: readonly ModuleModel[],
  files: ReadonlyMap<string, string>,
): void {
  const owners = new Map<string, string>();
  for (const { path, functions } of modules) {
    for (const { name } of functions) owners.set(`${path}/${name}`, path);
  }
  for (const { path } of modules) {
    const parts = path.split('/');
    for (let length = 2; length <= parts.length; length += 1) {
      const owner = owners.get(parts.slice(0, length).join('/'));
      if (owner !== undefined) {
        throw clash(files.get(owner), files.get(path), parts.slice(0, length).join('.'));
      }
    }
  }
}

function clash(first: string | undefined, second: string | undefined, name: string): ProjectError {
  return new ProjectError(
    'NAME_CLASH',
    `${first ?? ''} and ${second ?? ''} would both be named "${name}" in generated code. Rename one of them.`,
  );
}
