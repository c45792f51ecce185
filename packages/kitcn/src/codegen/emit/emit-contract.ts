import { API_TYPES } from '../model/library-types.ts';
import type { ProjectModel } from '../model/project-model.ts';
import { isPrinted, printed, text } from '../model/type-expression.ts';
import type { PrintedType, RouteTypes, UnprintedType } from '../model/type-expression.ts';
import { printBranch, printEntry, SPECS, toPublicTree } from './api-tree.ts';
import type { LeafPlace, ModulePart } from './api-tree.ts';
import { toText } from './output-file.ts';
import type { OutputFile } from './output-file.ts';
import { errorsType, recursiveNameOf, TypePrinter } from './type-printer.ts';
import type { WrittenTypes } from './type-printer.ts';

/** What other packages see of a project. */
type PublicModel = Pick<ProjectModel, 'modules' | 'routes'>;

/** How a contract file's name ends, and how that of its JavaScript does. */
const ENDING = /\.d\.(?<module>[cm]?)ts$/;

/** Whether a file can be a contract: `contract.d.ts`, `contract.d.mts`. */
export function isContractFile(file: string): boolean {
  return ENDING.test(file);
}

/**
 * The public api for another package or repo: a declaration that imports nothing of the backend, and the JavaScript to it.
 * What cannot be written out is `unknown` there; `looseEnds` tells what that is.
 * @param file absolute path of the declaration.
 */
export function emitContract(model: PublicModel, file: string): OutputFile[] {
  const printer = new TypePrinter();
  const tree = toPublicTree(model);
  const types = printBranch(tree, {
    separator: ';',
    printPart: (part, indent) => printPart(printer, part, indent),
    printRoute: (route, place) => printer.routeLeaf(route, toWritten(route.types), place),
  });
  const isEmpty = tree.children.size === 0;
  const imports = [...printer.idImport(), ...printer.importsOf('kitcn/crpc', API_TYPES)];
  const declaration = [
    imports.join('\n'),
    printer.aliases().join('\n'),
    isEmpty ? 'export type Api = Record<never, never>;' : `export interface Api ${types}`,
    'export declare const api: Api;',
  ];
  const script = [
    `import { createApi } from 'kitcn/crpc';`,
    `export const api = /* @__PURE__ */ createApi(${isEmpty ? '{}' : printBranch(tree, SPECS)});`,
  ];
  return [
    { file, text: toText(declaration) },
    { file: file.replace(ENDING, '.$<module>js'), text: toText(script) },
  ];
}

function printPart(
  printer: TypePrinter,
  { module, functions }: ModulePart,
  indent: string,
): string {
  const lines = functions.map((fn) => {
    const types = toWritten(fn.types);
    const of = recursiveNameOf(module, fn);
    const print = (place: LeafPlace): string => printer.leaf(fn, types, { of, ...place });
    return printEntry(fn.name, { separator: ';', indent, print });
  });
  return lines.join('');
}

function toWritten(types: RouteTypes): WrittenTypes {
  return {
    input: orUnknown(types.input),
    output: orUnknown(types.output),
    errors: errorsType(types),
  };
}

function orUnknown(type: PrintedType | UnprintedType): PrintedType {
  return isPrinted(type) ? type : printed(text('unknown'));
}

/** What is `unknown` in a contract, and why: `the output of teams:overview: it has no .output()`. */
export function looseEnds({ modules, routes }: PublicModel): string[] {
  const functions = modules.flatMap(({ path, functions: all }) =>
    all
      .filter(({ visibility }) => visibility === 'public')
      .map(({ name, types }) => ({ name: `${path}:${name}`, types })),
  );
  const named = routes.map(({ method, path, types }) => ({ name: `${method} ${path}`, types }));
  return [...functions, ...named].flatMap(({ name, types }) =>
    [
      { what: 'input', type: types.input },
      { what: 'output', type: types.output },
      ...types.errors.map(({ code, data }) => ({ what: `data of ${code}`, type: data })),
    ].flatMap(({ what, type }) =>
      isPrinted(type) ? [] : [`the ${what} of ${name}: ${type.reason}`],
    ),
  );
}
