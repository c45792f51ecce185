import type { FunctionModel, ModuleModel } from '../model/project-model.ts';
import { isPrinted, text } from '../model/type-expression.ts';
import type { FunctionTypes, PrintedType, TypeExpression } from '../model/type-expression.ts';
import { toTypeName } from '../model/names.ts';
import { ID, LINE_WIDTH, nameRecursive, printType } from './print-type.ts';

/** A function's types, if they can be written out. */
export interface WrittenTypes {
  input: PrintedType;
  output: PrintedType;
  /** By code, the data of the errors that it declares; `undefined` where it declares none. */
  errors: PrintedType | undefined;
}

/** The types of a function that can be written out exactly as TypeScript would infer them. */
export function writtenTypes({ types }: FunctionModel): WrittenTypes | undefined {
  const { input, output, errors, isExact } = types;
  if (!isExact || !isPrinted(input) || !isPrinted(output)) return undefined;
  if (errors.some(({ data }) => !isPrinted(data))) return undefined;
  return { input, output, errors: errorsType(types) };
}

/** The data of declared errors by code; `unknown` where it cannot be written out. */
export function errorsType({ errors }: FunctionTypes): PrintedType | undefined {
  if (errors.length === 0) return undefined;
  const fields = errors.map(({ code, data }) => ({
    name: code,
    isOptional: false,
    type: isPrinted(data) ? data.type : text('unknown'),
  }));
  return { type: { kind: 'object', fields, isOpen: false }, recursive: [] };
}

/** The same, as far as a leaf of `api` needs it: of a paginated query, plain Convex clients see other arguments. */
export function writtenLeaf(fn: FunctionModel): WrittenTypes | undefined {
  return fn.types.isPaginated ? undefined : writtenTypes(fn);
}

/** The types of a leaf of `api`, as text where they have no other form. */
export interface LeafTypes {
  input: string | PrintedType;
  output: string | PrintedType;
  errors: PrintedType | undefined;
}

/** The names that `leaf` prints. */
export const LEAVES: readonly string[] = ['ApiLeaf', 'DeclaringLeaf'];

/** Prints the types of one generated file, and keeps what it has to import and to declare for them. */
export class TypePrinter {
  readonly #imports = new Set<string>();
  readonly #aliases = new Map<string, string>();

  /** `Callable<{ teamId: string }, null>`, on as many lines as it takes. */
  reference(
    name: string,
    parameters: readonly (string | PrintedType)[],
    place: { of: string; indent: string; used: number },
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
    const room = LINE_WIDTH - place.used;
    const { of: recursiveName, indent } = place;
    return printType(type, { recursiveName, indent, room, imports: this.#imports });
  }

  /** `ApiLeaf<'query', { teamId: string }, null>`, or a `DeclaringLeaf` with the errors that it declares. */
  leaf(
    { kind, visibility }: FunctionModel,
    { input, output, errors }: LeafTypes,
    place: { of: string; indent: string; used: number },
  ): string {
    const parameters = [`'${kind}'`, input, output];
    if (errors !== undefined) parameters.push(errors);
    if (visibility === 'internal') parameters.push(`'internal'`);
    return this.reference(errors === undefined ? 'ApiLeaf' : 'DeclaringLeaf', parameters, place);
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

/** What the names of a function's recursive types begin with: `TeamsTree`. */
export function recursiveNameOf({ importName }: ModuleModel, { name }: FunctionModel): string {
  return toTypeName(`${importName}_${name.replace(/\W/g, '_')}`);
}

/** The same for the route at `api.http.<name>`. */
export function recursiveNameOfRoute(name: readonly string[]): string {
  return toTypeName(`http_${name.join('_').replace(/\W/g, '_')}_route`);
}
