import type {
  FunctionModel,
  ModuleModel,
  ProjectModel,
  RouteModel,
} from '../model/project-model.ts';
import { printJson, printKey, printString } from './print-json.ts';
import { LINE_WIDTH } from './print-type.ts';

/** The functions of a module that are public, or those that are internal: one at least, sorted by name. */
export interface ModulePart {
  module: ModuleModel;
  functions: readonly FunctionModel[];
}

/** A folder or a module of `api`: its own functions, and what nests in it by name. Below `http` that may be routes. */
export interface Branch {
  part: ModulePart | undefined;
  children: Map<string, Branch | RouteModel>;
}

/** What clients find in `api`: public functions and routes. */
export function toPublicTree({
  modules,
  routes,
}: Pick<ProjectModel, 'modules' | 'routes'>): Branch {
  const root = toTree(modules, 'public');
  for (const route of routes) {
    const way = ['http', ...route.name];
    const name = way.pop() ?? '';
    way.reduce(descend, root).children.set(name, route);
  }
  return root;
}

/** The functions of one visibility. */
export function toTree(
  modules: readonly ModuleModel[],
  visibility: FunctionModel['visibility'],
): Branch {
  const root = createBranch();
  for (const module of modules) {
    const functions = module.functions.filter((fn) => fn.visibility === visibility);
    if (functions.length > 0) module.apiPath.reduce(descend, root).part = { module, functions };
  }
  return root;
}

function createBranch(): Branch {
  return { part: undefined, children: new Map() };
}

function descend({ children }: Branch, name: string): Branch {
  const found = children.get(name);
  if (found !== undefined && !isRoute(found)) return found;
  const created = createBranch();
  children.set(name, created);
  return created;
}

function isRoute(child: Branch | RouteModel): child is RouteModel {
  return 'method' in child;
}

/** Where a function or a route is printed. */
export interface LeafPlace {
  /** What stands before the lines that it continues on. */
  indent: string;
  /** Characters that its first line has already. */
  used: number;
}

/** How a tree is printed: as a type or as an object. */
export interface Style {
  separator: string;
  /** Prints all functions of a part; see `printPart`. */
  printPart: (part: ModulePart, indent: string) => string;
  printRoute: (route: RouteModel, place: LeafPlace) => string;
}

/** A branch in braces: its own functions first, which can be printed apart from what nests in it. */
export function printBranch({ part, children }: Branch, style: Style, indent = ''): string {
  const inner = `${indent}  `;
  const functions = part === undefined ? '' : style.printPart(part, inner);
  const lines = [...children]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, child]) => {
      const print = (place: LeafPlace): string =>
        isRoute(child) ? style.printRoute(child, place) : printBranch(child, style, inner);
      return printEntry(name, { separator: style.separator, indent: inner, print });
    });
  return `{\n${functions}${lines.join('')}${indent}}`;
}

interface Entry {
  separator: string;
  indent: string;
  print: (place: LeafPlace) => string;
}

/** `name: …;` on lines of its own. */
export function printEntry(name: string, { separator, indent, print }: Entry): string {
  const opening = `${indent}${printKey(name)}: `;
  return `${opening}${print({ indent, used: opening.length + separator.length })}${separator}\n`;
}

/** What a tree is as an object: of each function and route, what a client has to know to call it. */
export const SPECS: Style = {
  separator: ',',
  printPart: ({ functions }, indent) =>
    functions
      .map((fn) => {
        const print = (place: LeafPlace): string => printSpec(fn, place);
        return printEntry(fn.name, { separator: ',', indent, print });
      })
      .join(''),
  printRoute: printSpec,
};

/** `{ type: 'query' }` with what else clients are told, in one line where it fits. */
function printSpec(leaf: FunctionModel | RouteModel, { indent, used }: LeafPlace): string {
  const { kind, meta, types } = leaf;
  const members = [`type: '${kind}'`];
  if ('method' in leaf) members.push(`route: ${printString(`${leaf.method} ${leaf.path}`)}`);
  if (meta !== undefined) members.push(`meta: ${printJson(meta)}`);
  const statuses = types.errors.map(({ code, status }) => [code, status] as const);
  if (statuses.length > 0) members.push(`errors: ${printJson(Object.fromEntries(statuses))}`);
  const flat = `{ ${members.join(', ')} }`;
  if (used + flat.length <= LINE_WIDTH) return flat;
  const lines = members.map((member) => `${indent}  ${member},\n`);
  return `{\n${lines.join('')}${indent}}`;
}
