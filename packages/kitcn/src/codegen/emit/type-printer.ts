import type { FunctionModel, ModuleModel } from '../model/project-model.ts';
import { isPrinted } from '../model/type-expression.ts';
import type { PrintedType, TypeExpression } from '../model/type-expression.ts';
import { toTypeName } from '../model/names.ts';
import { ID, LINE_WIDTH, nameRecursive, printType } from './print-type.ts';

/** A function's types, if they can be written out. */
export interface WrittenTypes {
  input: PrintedType;
  output: PrintedType;
}

/** The types of a function that can be written out exactly as TypeScript would infer them. */
export function writtenTypes({ types }: FunctionModel): WrittenTypes | undefined {
  const { input, output, isExact } = types;
  return isExact && isPrinted(input) && isPrinted(output) ? { input, output } : undefined;
}

/** The same, as far as a leaf of `api` needs it: of a paginated query, plain Convex clients see other arguments. */
export function writtenLeaf(fn: FunctionModel): WrittenTypes | undefined {
  return fn.types.isPaginated ? undefined : writtenTypes(fn);
}

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

  /** Notes that something is imported that no type mentions. */
  use(name: string): void {
    this.#imports.add(name);
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
