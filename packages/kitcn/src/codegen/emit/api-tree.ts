import type {
  FunctionModel,
  ModuleModel,
  ProjectModel,
  RouteModel,
} from '../model/project-model.ts';
import { printJson, printKey, printString } from './print-json.ts';
import { LINE_WIDTH } from './print-type.ts';
import { writtenTypes } from './type-printer.ts';

/** A function in the tree. */
export interface Leaf {
  module: ModuleModel;
  fn: FunctionModel;
}

/** Folders, modules and functions by name, as they nest in `api`; below `http` also routes. */
export type Branch = Map<string, Branch | Leaf | RouteModel>;

/** Prints what stands for a function or a route. */
export type PrintLeaf = (
  leaf: Leaf | RouteModel,
  place: { indent: string; used: number },
) => string;

export function isRoute(leaf: Leaf | RouteModel): leaf is RouteModel {
  return 'method' in leaf;
}

/** What clients find in `api`: public functions and routes. */
export function toPublicTree({
  modules,
  routes,
}: Pick<ProjectModel, 'modules' | 'routes'>): Branch {
  const root = toTree(modules, 'public');
  for (const route of routes) {
    const [own = '', ...before] = [...route.name].reverse();
    ['http', ...before.reverse()].reduce(descend, root).set(own, route);
  }
  return root;
}

/** The functions of one visibility. */
export function toTree(
  modules: readonly ModuleModel[],
  visibility: FunctionModel['visibility'],
): Branch {
  const root: Branch = new Map();
  for (const module of modules) {
    const functions = module.functions.filter((fn) => fn.visibility === visibility);
    if (functions.length === 0) continue;
    const branch = module.apiPath.reduce(descend, root);
    for (const fn of functions) branch.set(fn.name, { module, fn });
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
export interface Style {
  separator: string;
  printLeaf: PrintLeaf;
  /** Where the sources are that functions with written types link to; `undefined` for none. */
  link: string | undefined;
}

/** `{ type: 'query' }` with what else clients are told, in one line where it fits. */
export const printSpec: PrintLeaf = (leaf, { indent, used }) => {
  const { kind, meta, types } = isRoute(leaf) ? leaf : leaf.fn;
  const members = [`type: '${kind}'`];
  if (isRoute(leaf)) members.push(`route: ${printString(`${leaf.method} ${leaf.path}`)}`);
  if (meta !== undefined) members.push(`meta: ${printJson(meta)}`);
  const statuses = types.errors.map(({ code, status }) => [code, status] as const);
  if (statuses.length > 0) members.push(`errors: ${printJson(Object.fromEntries(statuses))}`);
  const flat = `{ ${members.join(', ')} }`;
  if (used + flat.length <= LINE_WIDTH) return flat;
  const lines = members.map((member) => `${indent}  ${member},\n`);
  return `{\n${lines.join('')}${indent}}`;
};

export function printBranch(branch: Branch, style: Style, indent = ''): string {
  const inner = `${indent}  `;
  const lines = [...branch]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, child]) => {
      const opening = `${inner}${printKey(name)}: `;
      if (child instanceof Map) {
        return `${opening}${printBranch(child, style, inner)}${style.separator}\n`;
      }
      const place = { indent: inner, used: opening.length + style.separator.length };
      const leaf = style.printLeaf(child, place);
      return `${printLink(child, style, inner)}${opening}${leaf}${style.separator}\n`;
    });
  return `{\n${lines.join('')}${indent}}`;
}

/** Where types are written out, an editor's "go to definition" ends here: one click from the source. */
function printLink(leaf: Leaf | RouteModel, { link }: Style, indent: string): string {
  if (link === undefined || isRoute(leaf)) return '';
  const { module, fn } = leaf;
  if (writtenTypes(module, fn) === undefined) return '';
  return `${indent}/** [${module.fileName}](${link}/${module.fileName}) */\n`;
}
