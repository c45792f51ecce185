import type { FunctionModel, ModuleModel } from '../model/project-model.ts';
import { toText } from './output-file.ts';
import { printJson } from './print-json.ts';

interface Leaf {
  module: ModuleModel;
  fn: FunctionModel;
}

/** Folders, modules and functions by name, as they nest in `api`. */
type Branch = Map<string, Branch | Leaf>;

/**
 * `convex/shared/api.ts`: the tree of public functions for clients. It imports modules as types only, so that nothing of
 * the server reaches a client's bundle.
 * @param functionsPath from the api file to the functions folder: `../functions`.
 */
export function emitApi(modules: readonly ModuleModel[], functionsPath: string): string {
  const visible = modules
    .map((module) => ({
      ...module,
      functions: module.functions.filter(({ visibility }) => visibility === 'public'),
    }))
    .filter(({ functions }) => functions.length > 0);
  if (visible.length === 0) {
    return toText([
      `import { createApi } from 'kitcn/crpc';`,
      `export type Api = Record<never, never>;`,
      `export const api: Api = createApi<Api>({});`,
    ]);
  }
  const tree = toTree(visible);
  return toText([
    [
      `import { createApi } from 'kitcn/crpc';`,
      `import type { ApiFunction } from 'kitcn/crpc';`,
      ...visible.map(
        ({ importName, path }) => `import type * as ${importName} from '${functionsPath}/${path}';`,
      ),
    ].join('\n'),
    `export interface Api ${printBranch(tree, TYPES)}`,
    `export const api: Api = createApi<Api>(${printBranch(tree, SPECS)});`,
  ]);
}

function toTree(modules: readonly ModuleModel[]): Branch {
  const root: Branch = new Map();
  for (const module of modules) {
    const branch = module.path.split('/').reduce(descend, root);
    for (const fn of module.functions) branch.set(fn.name, { module, fn });
  }
  return root;
}

function descend(branch: Branch, name: string): Branch {
  const found = branch.get(name);
  if (found instanceof Map) return found;
  const created: Branch = new Map();
  branch.set(name, created);
  return created;
}

/** How the tree is printed: as a type or as an object. */
interface Style {
  separator: string;
  printLeaf(leaf: Leaf): string;
}

const TYPES: Style = {
  separator: ';',
  printLeaf: ({ module, fn }) => `ApiFunction<typeof ${module.importName}.${fn.name}>`,
};

const SPECS: Style = {
  separator: ',',
  printLeaf({ fn }) {
    const meta = fn.meta === undefined ? '' : `, meta: ${printJson(fn.meta)}`;
    return `{ type: '${fn.kind}'${meta} }`;
  },
};

function printBranch(branch: Branch, style: Style, indent = ''): string {
  const inner = `${indent}  `;
  const lines = [...branch]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, child]) => {
      const isBranch = child instanceof Map;
      const value = isBranch ? printBranch(child, style, inner) : style.printLeaf(child);
      return `${inner}${name}: ${value}${style.separator}\n`;
    });
  return `{\n${lines.join('')}${indent}}`;
}
