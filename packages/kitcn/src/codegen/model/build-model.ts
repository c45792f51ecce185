import { ProjectError } from '../../project/project-error.ts';
import type {
  DiscoveredFunction,
  DiscoveredModule,
  DiscoveredProject,
  DiscoveredRoute,
} from './discovered-project.ts';
import { toImportName, toTypeName } from './names.ts';
import type { FunctionModel, ProjectModel } from './project-model.ts';

/** Convex reads these modules for something else than functions. */
const SPECIAL_MODULES = new Set(['auth.config', 'schema']);

/** Names everything that is generated. */
export function buildModel(found: DiscoveredProject): ProjectModel {
  const modules = found.modules
    .filter(({ path }) => !SPECIAL_MODULES.has(path))
    .map((module) => ({ module, functions: toFunctionModels(module.functions) }))
    .filter(({ functions }) => functions.length > 0)
    .sort((a, b) => (a.module.path < b.module.path ? -1 : 1));
  const functionPaths = new Set(
    modules.flatMap(({ module, functions }) =>
      functions.map(({ name }) => `${module.path}/${name}`),
    ),
  );
  const importNames = new Set<string>();
  return {
    hasSchema: found.hasSchema,
    hasComponents: found.hasComponents,
    modules: modules.map(({ module, functions }) => {
      refuseInvalidPath(module);
      const importName = toUnusedName(toImportName(module.path), importNames);
      importNames.add(importName);
      return {
        path: module.path,
        fileName: `${module.path}${/\.\w+$/.exec(module.file)?.[0] ?? ''}`,
        apiPath: toApiPath(module.path, functionPaths),
        importName,
        typeName: toTypeName(module.path),
        functions,
      };
    }),
    routes: found.modules.flatMap(({ routes = [], file }) => {
      refuseTakenNames(routes, functionPaths, file);
      return routes;
    }),
  };
}

/** The same functions give the same models, so that what is printed of them can be kept from run to run. */
function toFunctionModels(functions: readonly DiscoveredFunction[]): FunctionModel[] {
  const known = functionModels.get(functions);
  if (known !== undefined) return known;
  const models = functions
    .flatMap(({ kind, ...rest }) => (kind === 'httpAction' ? [] : [{ ...rest, kind }]))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  functionModels.set(functions, models);
  return models;
}

const functionModels = new WeakMap<readonly DiscoveredFunction[], FunctionModel[]>();

/** Convex takes no other module paths (`PathComponent` of its backend). */
function refuseInvalidPath({ path, file }: DiscoveredModule): void {
  const part = path.split('/').find((name) => !/^\w+$/.test(name));
  if (part === undefined) return;
  throw new ProjectError(
    'NAME_INVALID',
    `"${part}" in the path of a module with functions must consist of letters, digits and "_": Convex takes no other names.`,
    { at: { file } },
  );
}

/** `api.http` holds the routes, and the functions of `http.ts` and of `http/` as well. */
function refuseTakenNames(
  routes: readonly DiscoveredRoute[],
  functionPaths: ReadonlySet<string>,
  file: string,
): void {
  for (const { name } of routes) {
    const [taken] = [...functionPaths].filter((path) => {
      const route = `http/${name.join('/')}`;
      return path === route || path.startsWith(`${route}/`) || route.startsWith(`${path}/`);
    });
    if (taken === undefined) continue;
    throw new ProjectError(
      'NAME_CLASH',
      `The route ${name.join('.')} would stand at api.http.${name.join('.')}, where the function ${taken} is. Rename one of them.`,
      { at: { file } },
    );
  }
}

/** `items/queries` and `items_queries` are both `items_queries`: the second is `items_queries_2`. */
function toUnusedName(name: string, used: ReadonlySet<string>): string {
  let unused = name;
  for (let count = 2; used.has(unused); count += 1) unused = `${name}_${count}`;
  return unused;
}

/**
 * The folders and the file of a module. Where `foo.ts` exports `bar`, `api.foo.bar` is that function, and the functions of
 * `foo/bar.ts` are found at `api['foo/bar']`, by which callers and references know them just as well.
 */
function toApiPath(modulePath: string, functionPaths: ReadonlySet<string>): string[] {
  const parts = modulePath.split('/');
  const isTaken = parts.some((_, index) => functionPaths.has(parts.slice(0, index + 1).join('/')));
  return isTaken ? [modulePath] : parts;
}
