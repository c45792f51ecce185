import { API_TYPES } from '../model/library-types.ts';
import type { ModuleModel, ProjectModel, RouteModel } from '../model/project-model.ts';
import { isPrinted } from '../model/type-expression.ts';
import { printBranch, printEntry, SPECS, toPublicTree, toTree } from './api-tree.ts';
import type { Branch, LeafPlace, ModulePart, Style } from './api-tree.ts';
import { printMember } from './member-access.ts';
import { toText } from './output-file.ts';
import { printString } from './print-json.ts';
import { PrintedBefore } from './printed-before.ts';
import { errorsType, isWhole, recursiveNameOf, TypePrinter, writtenTypes } from './type-printer.ts';

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
  const file: ApiFile = { functionsPath, printer: new TypePrinter(), inferred: new Set() };
  const trees = [
    ...printTree({ name: 'api', typeName: 'Api', tree: toPublicTree(model) }, file),
    ...printTree(
      { name: 'internal', typeName: 'InternalApi', tree: toTree(modules, 'internal') },
      file,
    ),
  ];
  const { printer, inferred } = file;
  const imports = [
    ...printer.idImport(),
    `import { createApi } from 'kitcn/crpc';`,
    ...printer.importsOf('kitcn/crpc', API_TYPES),
    ...(printer.uses('ApiRoute')
      ? [`import type { default as ${HTTP_ROUTER} } from '${functionsPath}/http.js';`]
      : []),
    ...modules
      .filter((module) => inferred.has(module))
      .map(
        ({ importName, path }) =>
          `import type * as ${importName} from '${functionsPath}/${path}.js';`,
      ),
  ];
  return toText([imports.join('\n'), printer.aliases().join('\n'), ...trees]);
}

/** The file as far as it is printed. */
interface ApiFile {
  functionsPath: string;
  printer: TypePrinter;
  /** The modules that its types mention. */
  inferred: Set<ModuleModel>;
}

interface NamedTree {
  name: 'api' | 'internal';
  typeName: string;
  tree: Branch;
}

function printTree({ name, typeName, tree }: NamedTree, file: ApiFile): string[] {
  const { functionsPath, printer, inferred } = file;
  const printOnce = (part: ModulePart, indent: string): PrintedPart => {
    const { functions, importName } = part.module;
    const key = `${importName} ${indent.length} ${functionsPath}`;
    return printedParts[name].get(functions, key, () => printPart(part, indent, functionsPath));
  };
  const types: Style = {
    separator: ';',
    printPart(part, indent) {
      const known = printOnce(part, indent);
      printer.absorb(known.printer);
      if (known.isInferred) inferred.add(part.module);
      return known.types;
    },
    printRoute: (route, place) => printRouteType(printer, route, place),
  };
  const specs: Style = {
    ...SPECS,
    printPart: (part, indent) => printOnce(part, indent).specs,
  };
  const isEmpty = tree.children.size === 0;
  const type = isEmpty
    ? `export type ${typeName} = Record<never, never>;`
    : `export interface ${typeName} ${printBranch(tree, types)}`;
  const spec = isEmpty ? '{}' : printBranch(tree, specs);
  return [
    type,
    `export const ${name}: ${typeName} = /* @__PURE__ */ createApi<${typeName}>(${spec});`,
  ];
}

interface PrintedPart {
  types: string;
  specs: string;
  /** Whether the types mention the module. */
  isInferred: boolean;
  /** What the types need. */
  printer: TypePrinter;
}

const printedParts = {
  api: new PrintedBefore<PrintedPart>(),
  internal: new PrintedBefore<PrintedPart>(),
};

function printPart(part: ModulePart, indent: string, functionsPath: string): PrintedPart {
  const { module, functions } = part;
  const printer = new TypePrinter();
  const lines = functions.map((fn) => {
    const types = writtenTypes(module, fn);
    const print = (place: LeafPlace): string =>
      types === undefined
        ? printer.reference('ApiFunction', [`typeof ${printMember(module, fn)}`], {
            of: '',
            ...place,
          })
        : printer.leaf(fn, types, { of: recursiveNameOf(module, fn), ...place });
    // Where types are written out, an editor's "go to definition" ends here: one click from the source.
    const link =
      types === undefined
        ? ''
        : `${indent}/** [${module.fileName}](${functionsPath}/${module.fileName}) */\n`;
    return link + printEntry(fn.name, { separator: ';', indent, print });
  });
  return {
    types: lines.join(''),
    specs: SPECS.printPart(part, indent),
    isInferred: !functions.every(isWhole),
    printer,
  };
}

/** What the file calls the default export of `http.ts`. */
const HTTP_ROUTER = 'httpRouter';

function printRouteType(printer: TypePrinter, route: RouteModel, place: LeafPlace): string {
  const { name, types } = route;
  const { input, output } = types;
  if (isWhole(route) && isPrinted(input) && isPrinted(output)) {
    return printer.routeLeaf(route, { input, output, errors: errorsType(types) }, place);
  }
  const path = `[${name.map(printString).join(', ')}]`;
  return printer.reference('ApiRoute', [`typeof ${HTTP_ROUTER}`, path], { of: '', ...place });
}
