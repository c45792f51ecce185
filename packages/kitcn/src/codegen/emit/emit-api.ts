import type {
  FunctionModel,
  ModuleModel,
  ProjectModel,
  RouteModel,
} from '../model/project-model.ts';
import { isRoute, printBranch, printSpec, toPublicTree, toTree } from './api-tree.ts';
import type { Branch, Leaf, PrintLeaf } from './api-tree.ts';
import { printMember } from './member-access.ts';
import { printString } from './print-json.ts';
import { toText } from './output-file.ts';
import { isPrinted } from '../model/type-expression.ts';
import {
  API_TYPES,
  errorsType,
  isWhole,
  recursiveNameOf,
  TypePrinter,
  writtenTypes,
} from './type-printer.ts';

/**
 * `convex/shared/api.ts`: the trees of public functions for clients, and of internal ones for trusted servers. Types are
 * written out; modules are imported, as types only, for functions whose types cannot be. So nothing of the server reaches
 * a client's bundle, nor does the tree that is not used, and a client's type check does not read the server's code.
 * @param functionsPath from the api file to the functions folder: `../functions`.
 */
export function emitApi(
  model: Pick<ProjectModel, 'modules' | 'routes'>,
  functionsPath: string,
): string {
  const { modules } = model;
  const printer = new TypePrinter();
  const inferred = new Set<ModuleModel>();
  const printLeaf: PrintLeaf = (leaf, place) => {
    if (isRoute(leaf)) return printRouteType(printer, leaf, place);
    const printed = printOnce(leaf, place);
    if (printed.isInferred) inferred.add(leaf.module);
    printer.absorb(printed.printer);
    return printed.text;
  };
  const api = toPublicTree(model);
  const internal = toTree(modules, 'internal');
  const trees = [
    ...printTree({ name: 'api', typeName: 'Api', tree: api }, printLeaf, functionsPath),
    ...printTree(
      { name: 'internal', typeName: 'InternalApi', tree: internal },
      printLeaf,
      functionsPath,
    ),
  ];
  const imports = [
    ...printer.idImport(),
    `import { createApi } from 'kitcn/crpc';`,
    ...printer.importsOf('kitcn/crpc', API_TYPES),
    ...(printer.uses('ApiRoute')
      ? [`import type { default as ${HTTP_ROUTER} } from '${functionsPath}/http';`]
      : []),
    ...modules
      .filter((module) => inferred.has(module))
      .map(
        ({ importName, path }) => `import type * as ${importName} from '${functionsPath}/${path}';`,
      ),
  ];
  return toText([imports.join('\n'), printer.aliases().join('\n'), ...trees]);
}

interface PrintedLeaf {
  key: string;
  text: string;
  /** Whether it mentions the module that it is about. */
  isInferred: boolean;
  printer: TypePrinter;
}

/** Leaves of earlier runs: while a project is watched, nearly all functions stay as they are. */
const printedLeaves = new WeakMap<FunctionModel, PrintedLeaf>();

function printOnce(leaf: Leaf, place: { indent: string; used: number }): PrintedLeaf {
  const key = `${leaf.module.importName}${place.indent}${place.used}`;
  const known = printedLeaves.get(leaf.fn);
  if (known?.key === key) return known;
  const printer = new TypePrinter();
  const text = printLeafType(printer, leaf, place);
  const printed = { key, text, isInferred: !isWhole(leaf.fn), printer };
  printedLeaves.set(leaf.fn, printed);
  return printed;
}

function printLeafType(
  printer: TypePrinter,
  { module, fn }: Leaf,
  place: { indent: string; used: number },
): string {
  const types = writtenTypes(module, fn);
  if (types === undefined) {
    const parameters = [`typeof ${printMember(module, fn)}`];
    return printer.reference('ApiFunction', parameters, { of: '', ...place });
  }
  return printer.leaf(fn, types, { of: recursiveNameOf(module, fn), ...place });
}

/** What the file calls the default export of `http.ts`. */
const HTTP_ROUTER = 'httpRouter';

function printRouteType(
  printer: TypePrinter,
  route: RouteModel,
  place: { indent: string; used: number },
): string {
  const { name, types } = route;
  const { input, output } = types;
  if (isWhole(route) && isPrinted(input) && isPrinted(output)) {
    return printer.routeLeaf(route, { input, output, errors: errorsType(types) }, place);
  }
  const path = `[${name.map(printString).join(', ')}]`;
  return printer.reference('ApiRoute', [`typeof ${HTTP_ROUTER}`, path], { of: '', ...place });
}

interface NamedTree {
  name: string;
  typeName: string;
  tree: Branch;
}

function printTree(
  { name, typeName, tree }: NamedTree,
  printLeaf: PrintLeaf,
  functionsPath: string,
): string[] {
  const types = { separator: ';', printLeaf, link: functionsPath };
  const specs = { separator: ',', printLeaf: printSpec, link: undefined };
  const type =
    tree.size === 0
      ? `export type ${typeName} = Record<never, never>;`
      : `export interface ${typeName} ${printBranch(tree, types)}`;
  const spec = tree.size === 0 ? '{}' : printBranch(tree, specs);
  return [
    type,
    `export const ${name}: ${typeName} = /* @__PURE__ */ createApi<${typeName}>(${spec});`,
  ];
}
