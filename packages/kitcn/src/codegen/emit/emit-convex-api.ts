import type { ProjectModel } from '../model/project-model.ts';
import { toText } from './output-file.ts';

/** Convex's `_generated/api.js`: its proxies make a reference of any path that is read from them. */
export function emitConvexApi(): string {
  return toText([
    `import { anyApi, componentsGeneric } from 'convex/server';`,
    `/** References to public functions: \`api.teams.getTeam\`. */
export const api = anyApi;
/** References to internal functions. */
export const internal = anyApi;
/** References to functions of installed components. */
export const components = componentsGeneric();`,
  ]);
}

/** Convex's `_generated/api.d.ts`. Modules without functions add nothing to these types, so they are not imported. */
export function emitConvexApiTypes({ modules, hasComponents }: ProjectModel): string {
  const types = [
    ...(hasComponents ? ['AnyComponents'] : []),
    'ApiFromModules',
    'FilterApi',
    'FunctionReference',
  ];
  const imports = modules.map(
    ({ importName, path }) => `import type * as ${importName} from '../${path}.js';`,
  );
  const members = modules.map(({ importName, path }) => `  '${path}': typeof ${importName};\n`);
  const fullApi = members.length === 0 ? '{}' : `{\n${members.join('')}}`;
  return toText([
    '/* eslint-disable */',
    [`import type { ${types.join(', ')} } from 'convex/server';`, ...imports].join('\n'),
    `declare const fullApi: ApiFromModules<${fullApi}>;`,
    `/** References to public functions: \`api.teams.getTeam\`. */
export declare const api: FilterApi<typeof fullApi, FunctionReference<any, 'public'>>;
/** References to internal functions. */
export declare const internal: FilterApi<typeof fullApi, FunctionReference<any, 'internal'>>;
/** References to functions of installed components. */
export declare const components: ${hasComponents ? 'AnyComponents' : '{}'};`,
  ]);
}
