import type { FunctionModel, ModuleModel, RouteModel } from '../model/project-model.ts';
import { imported, isEmptyInput, isPrinted, printed, text } from '../model/type-expression.ts';
import type {
  DescribedError,
  FunctionTypes,
  PrintedType,
  TypeExpression,
} from '../model/type-expression.ts';
import { printMember } from './member-access.ts';
import { toTypeName } from '../model/names.ts';
import { ID, LINE_WIDTH, nameRecursive, printType } from './print-type.ts';

/** What a function takes and gives, as it goes into a generated file. */
export interface WrittenTypes {
  input: PrintedType;
  output: PrintedType;
  /** By code, the data of the errors that it declares; `undefined` where it declares none. */
  errors: PrintedType | undefined;
}

/**
 * What callers pass and receive, written out as far as that can be done exactly, the rest inferred; `undefined` if all
 * of it would be.
 */
export function writtenTypes(module: ModuleModel, fn: FunctionModel): WrittenTypes | undefined {
  const { input, output, isExact } = fn.types;
  if (!isExact || !(isPrinted(input) || isPrinted(output))) return undefined;
  return {
    input: isPrinted(input) ? input : inferred('inferInput', module, fn),
    output: isPrinted(output) ? output : inferred('inferOutput', module, fn),
    errors: writtenErrors(module, fn),
  };
}

/** Whether nothing of what callers pass and receive is inferred. */
export function isWhole({
  types: { isExact, input, output, errors },
}: FunctionModel | RouteModel): boolean {
  return isExact && isPrinted(input) && isPrinted(output) && areExact(errors);
}

function areExact(errors: readonly DescribedError[]): boolean {
  return errors.every(({ data }) => isPrinted(data));
}

function writtenErrors(module: ModuleModel, fn: FunctionModel): PrintedType | undefined {
  return areExact(fn.types.errors) ? errorsType(fn.types) : inferred('inferErrors', module, fn);
}

/** The data of declared errors by code; `unknown` where it cannot be written out. */
export function errorsType({ errors }: Pick<FunctionTypes, 'errors'>): PrintedType | undefined {
  if (errors.length === 0) return undefined;
  const fields = errors.map(({ code, data }) => ({
    name: code,
    isOptional: false,
    type: isPrinted(data) ? data.type : text('unknown'),
  }));
  return printed({ kind: 'object', fields, isOpen: false });
}

function inferred(by: string, module: ModuleModel, fn: FunctionModel): PrintedType {
  return printed(imported(by, text(`typeof ${printMember(module, fn)}`)));
}

/** The same of the raw handler of a function that any context can call. */
export function writtenHandler(module: ModuleModel, fn: FunctionModel): WrittenTypes | undefined {
  const { handler, isExact } = fn.types;
  if (!isExact || handler === undefined || !isPrinted(handler.input)) return undefined;
  const { input } = handler;
  const output = isPrinted(handler.output) ? handler.output : inferred('HandlerOutput', module, fn);
  // Names of recursive types tell callers' types from each other, and know of no others.
  if (input.recursive.length + output.recursive.length > 0) return undefined;
  return { input, output, errors: writtenErrors(module, fn) };
}

/** Where a type is printed. */
export interface ReferencePlace {
  /** What the names of its recursive types begin with. */
  of: string;
  /** What stands before the lines that it continues on. */
  indent: string;
  /** Characters that its first line has already. */
  used: number;
}

/** Prints the types of one generated file, and keeps what it has to import and to declare for them. */
export class TypePrinter {
  readonly #imports = new Set<string>();
  readonly #aliases = new Map<string, string>();

  /** `Callable<{ teamId: string }, null>`, on as many lines as it takes. */
  reference(
    name: string,
    parameters: readonly (string | PrintedType)[],
    place: ReferencePlace,
  ): string {
    this.#imports.add(name);
    for (const parameter of parameters) {
      if (typeof parameter !== 'string') this.#declare(parameter, place.of);
    }
    const type: TypeExpression = {
      kind: 'generic',
      name,
      parameters: parameters.map((parameter) =>
        typeof parameter === 'string' ? { kind: 'text', text: parameter } : parameter.type,
      ),
    };
    return this.#print(type, place);
  }

  /** `ApiLeaf<'query', { teamId: string }, null>`, or a `DeclaringLeaf` with the errors that it declares. */
  leaf(
    { kind, visibility, types: { isPaginated } }: FunctionModel,
    { input, output, errors }: WrittenTypes,
    place: ReferencePlace,
  ): string {
    const parameters = [`'${kind}'`, input, output];
    if (errors !== undefined) parameters.push(errors);
    if (visibility === 'internal' || isPaginated) parameters.push(`'${visibility}'`);
    if (isPaginated) parameters.push({ ...input, type: imported('PaginatedArgs', input.type) });
    return this.reference(errors === undefined ? 'ApiLeaf' : 'DeclaringLeaf', parameters, place);
  }

  /** `ApiRouteLeaf<'query', object, null>`, or a `DeclaringRouteLeaf` with the errors that it declares. */
  routeLeaf(
    { kind, name }: RouteModel,
    { input, output, errors }: WrittenTypes,
    place: Omit<ReferencePlace, 'of'>,
  ): string {
    const of = recursiveNameOfRoute(name);
    const parameters = [`'${kind}'`, input, output];
    return errors === undefined
      ? this.reference('ApiRouteLeaf', parameters, { of, ...place })
      : this.reference('DeclaringRouteLeaf', [...parameters, errors], { of, ...place });
  }

  /** `(input: { teamId: string }) => Promise<null>`, with a promise that knows of declared errors. */
  callable({ input, output, errors }: WrittenTypes, place: ReferencePlace): string {
    const isOptional = isLeftOut(input.type);
    if (isOptional === undefined) {
      return errors === undefined
        ? this.reference('Callable', [input, output], place)
        : this.reference('DeclaringCallable', [input, output, errors], place);
    }
    for (const type of [input, output]) this.#declare(type, place.of);
    const result: TypeExpression =
      errors === undefined
        ? { kind: 'generic', name: 'Promise', parameters: [output.type] }
        : imported('CallPromise', output.type, errors.type);
    return this.#print({ kind: 'call', isOptional, input: input.type, result }, place);
  }

  /** Notes that something is imported that no type mentions. */
  use(name: string): void {
    this.#imports.add(name);
  }

  uses(name: string): boolean {
    return this.#imports.has(name);
  }

  /** Takes over what another printer has to import and to declare. */
  absorb(other: TypePrinter): void {
    for (const name of other.#imports) this.#imports.add(name);
    for (const [name, alias] of other.#aliases) this.#aliases.set(name, alias);
  }

  /** `import type { … } from '<source>';` with those of the names that were used. */
  importsOf(source: string, names: readonly string[]): string[] {
    const used = names.filter((name) => this.#imports.has(name));
    if (used.length === 0) return [];
    const flat = `import type { ${used.join(', ')} } from '${source}';`;
    const lines = used.map((name) => `  ${name},\n`).join('');
    return [flat.length <= LINE_WIDTH ? flat : `import type {\n${lines}} from '${source}';`];
  }

  idImport(): string[] {
    return this.#imports.has(ID)
      ? [`import type { GenericId as ${ID} } from 'convex/values';`]
      : [];
  }

  /** The types that needed a name, sorted. */
  aliases(): string[] {
    return [...this.#aliases].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, alias]) => alias);
  }

  #print(type: TypeExpression, { of: recursiveName, indent, used }: ReferencePlace): string {
    const room = LINE_WIDTH - used;
    return printType(type, { recursiveName, indent, room, imports: this.#imports });
  }

  #declare({ recursive }: PrintedType, recursiveName: string): void {
    for (const [index, { side, type }] of recursive.entries()) {
      const name = nameRecursive(recursiveName, side, index);
      const opening = `export type ${name} = `;
      const room = LINE_WIDTH - opening.length - 1;
      const place = { recursiveName, indent: '', room, imports: this.#imports };
      this.#aliases.set(name, `${opening}${printType(type, place)};`);
    }
  }
}

/**
 * Whether an input may be left out, as `Callable` would find at the type checker's cost; `undefined` where that is left to
 * it.
 */
function isLeftOut(input: TypeExpression): boolean | undefined {
  if (isEmptyInput(input)) return true;
  if (input.kind === 'object') {
    if (input.fields.some(({ isOptional }) => !isOptional)) return false;
    return input.isOpen ? undefined : true;
  }
  if (input.kind !== 'intersection') return undefined;
  const members = input.members.map(isLeftOut);
  if (members.includes(false)) return false;
  return members.includes(undefined) ? undefined : true;
}

/** What the names of a function's recursive types begin with: `TeamsTree`. */
export function recursiveNameOf({ importName }: ModuleModel, { name }: FunctionModel): string {
  return toTypeName(`${importName}_${name.replace(/\W/g, '_')}`);
}

/** The same for the route at `api.http.<name>`. */
function recursiveNameOfRoute(name: readonly string[]): string {
  return toTypeName(`http_${name.join('_').replace(/\W/g, '_')}_route`);
}
