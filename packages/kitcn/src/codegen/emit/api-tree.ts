import type { FunctionModel, ModuleModel } from '../model/project-model.ts';
import { printJson, printKey } from './print-json.ts';
import { writtenTypes } from './type-printer.ts';

/** A function in the tree. */
export interface Leaf {
  module: ModuleModel;
  fn: FunctionModel;
}

/** Folders, modules and functions by name, as they nest in `api`. */
export type Branch = Map<string, Branch | Leaf>;

/** Prints what stands for a function. */
export type PrintLeaf = (leaf: Leaf, place: { indent: string; used: number }) => string;

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

export function printSpec({ fn }: Leaf): string {
  const meta = fn.meta === undefined ? '' : `, meta: ${printJson(fn.meta)}`;
  const statuses = fn.types.errors.map(({ code, status }) => [code, status] as const);
  const errors =
    statuses.length === 0 ? '' : `, errors: ${printJson(Object.fromEntries(statuses))}`;
  return `{ type: '${fn.kind}'${meta}${errors} }`;
}

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
function printLink({ module, fn }: Leaf, { link }: Style, indent: string): string {
  if (link === undefined || writtenTypes(module, fn) === undefined) return '';
  return `${indent}/** [${module.fileName}](${link}/${module.fileName}) */\n`;
}
