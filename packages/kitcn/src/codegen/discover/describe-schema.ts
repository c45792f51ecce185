import type {
  $ZodObject,
  $ZodRecord,
  $ZodTemplateLiteral,
  $ZodTuple,
  $ZodType,
  $ZodTypes,
} from 'zod/v4/core';
import { printLiteral, printString } from '../emit/print-json.ts';
import { printed, text, union, without } from '../model/type-expression.ts';
import type { PrintedType, TypeExpression, UnprintedType } from '../model/type-expression.ts';
import { isOptional } from './schema-optionality.ts';

/** The side of a schema: what it takes (`z.input`) or what it makes of it (`z.output`). */
export type SchemaSide = 'input' | 'output';

/** What only the realm that made the schemas knows of them. */
export interface SchemaFacts {
  /** The table of a `zid`. */
  tableOf(schema: $ZodType): string | undefined;
  /** Whether `.brand()` was called on it. */
  isBranded(schema: $ZodType): boolean;
  /** Whether its module sees an `enum` of TypeScript, whose members look like strings but are types of their own. */
  mayBeNativeEnum: boolean;
}

/** Deeper than any schema written by hand: what goes further makes itself anew at each step. */
const MAX_DEPTH = 40;

/**
 * The type of one side of a Zod schema, as Zod's own types would infer it, or why that cannot be told from the schema:
 * functions, brands and the types of other code leave no trace in it.
 */
export function describeSchema(
  schema: $ZodType,
  side: SchemaSide,
  facts: SchemaFacts,
): PrintedType | UnprintedType {
  const description = new SchemaDescription(side, facts);
  try {
    const type = description.describe(schema);
    return printed(
      type,
      description.recursive.map((of) => ({ side, type: of })),
    );
  } catch (error) {
    if (error instanceof Unprintable) return { reason: error.message };
    throw error;
  }
}

class Unprintable extends Error {}

/** One walk over one side of a schema. */
class SchemaDescription {
  readonly recursive: TypeExpression[] = [];
  readonly #side: SchemaSide;
  readonly #facts: SchemaFacts;
  /** Schemas that are being described, with their place in `recursive` once they were met again. */
  readonly #open = new Map<$ZodType, number | undefined>();

  constructor(side: SchemaSide, facts: SchemaFacts) {
    this.#side = side;
    this.#facts = facts;
  }

  describe(schema: $ZodType): TypeExpression {
    if (this.#open.has(schema)) return this.#refer(schema);
    if (this.#open.size > MAX_DEPTH) throw new Unprintable('it never ends');
    this.#refuseTraceless(schema);
    this.#open.set(schema, undefined);
    const type = this.#describeKind(schema as $ZodTypes); // All classes of Zod's are in that union.
    const index = this.#open.get(schema);
    this.#open.delete(schema);
    if (index === undefined) return type;
    this.recursive[index] = type;
    return { kind: 'recursive', side: this.#side, index };
  }

  #refer(schema: $ZodType): TypeExpression {
    const known = this.#open.get(schema);
    const index = known ?? this.recursive.length;
    if (known === undefined) {
      this.#open.set(schema, index);
      this.recursive.push(text('unknown'));
    }
    return { kind: 'recursive', side: this.#side, index };
  }

  /** A refinement may be a type predicate, which narrows what comes out. */
  #refuseTraceless(schema: $ZodType): void {
    if (this.#facts.isBranded(schema)) throw new Unprintable('it has a brand');
    const isRefined = schema._zod.def.checks?.some(({ _zod }) => 'fn' in _zod.def) === true;
    if (isRefined && this.#side === 'output') throw new Unprintable('it has a .refine()');
  }

  #describeKind(schema: $ZodTypes): TypeExpression {
    const { def } = schema._zod;
    switch (def.type) {
      case 'string':
      case 'number':
      case 'boolean':
      case 'bigint':
        return this.#describeCoerced(def, def.type);
      case 'date':
        return this.#describeCoerced(def, 'Date');
      case 'nan':
        return text('number');
      case 'null':
      case 'undefined':
      case 'void':
      case 'never':
      case 'any':
      case 'unknown':
      case 'symbol':
        return text(def.type);
      case 'literal':
        return union(def.values.map((value) => text(printLiteral(value))));
      case 'enum':
        return this.#describeEnum(def.entries);
      case 'custom':
        return this.#describeId(schema);
      case 'template_literal':
        return this.#describeTemplate(def.parts);
      default:
        return this.#describeCompound(schema);
    }
  }

  #describeCompound(schema: $ZodTypes): TypeExpression {
    const { def } = schema._zod;
    switch (def.type) {
      case 'object':
        return this.#describeObject(def);
      case 'array':
        return { kind: 'array', element: this.describe(def.element) };
      case 'tuple':
        return this.#describeTuple(def);
      case 'record':
        return this.#describeRecord(def);
      case 'union':
        return union(def.options.map((option) => this.describe(option)));
      case 'intersection':
        return {
          kind: 'intersection',
          members: [this.describe(def.left), this.describe(def.right)],
        };
      default:
        return this.#describeWrapper(schema);
    }
  }

  #describeWrapper(schema: $ZodTypes): TypeExpression {
    const { def } = schema._zod;
    const isInput = this.#side === 'input';
    switch (def.type) {
      case 'nullable':
        return union([this.describe(def.innerType), text('null')]);
      case 'optional': {
        const type = this.describe(def.innerType);
        return schema._zod.traits.has('$ZodExactOptional')
          ? type
          : union([type, text('undefined')]);
      }
      case 'default': {
        const type = this.describe(def.innerType);
        return isInput ? union([type, text('undefined')]) : withoutUndefined(type);
      }
      case 'prefault': {
        const type = this.describe(def.innerType);
        return isInput ? union([type, text('undefined')]) : type;
      }
      case 'nonoptional':
        return withoutUndefined(this.describe(def.innerType));
      case 'readonly':
        return toReadonly(this.describe(def.innerType));
      case 'lazy':
        return this.describe(def.getter());
      case 'pipe':
        return this.describe(isInput ? def.in : def.out);
      default:
        throw new Unprintable(`it has a z.${def.type}()`);
    }
  }

  #describeCoerced(def: { coerce?: boolean | undefined }, type: string): TypeExpression {
    return text(def.coerce === true && this.#side === 'input' ? 'unknown' : type);
  }

  #describeEnum(entries: Readonly<Record<string, string | number>>): TypeExpression {
    const isPlain = Object.entries(entries).every(([key, value]) => key === value);
    if (!isPlain || this.#facts.mayBeNativeEnum) {
      throw new Unprintable('it has a z.enum() of an object');
    }
    return union(Object.keys(entries).map((value) => text(printString(value))));
  }

  #describeId(schema: $ZodType): TypeExpression {
    const table = this.#facts.tableOf(schema);
    if (table === undefined) throw new Unprintable('it has a z.custom()');
    return this.#side === 'input' ? text('string') : { kind: 'id', table };
  }

  #describeTemplate(parts: $ZodTemplateLiteral['_zod']['def']['parts']): TypeExpression {
    return {
      kind: 'template',
      parts: parts.map((part) => {
        if (typeof part === 'object' && part !== null) return this.describe(part);
        return part === undefined ? '' : String(part);
      }),
    };
  }

  #describeObject({ shape, catchall }: $ZodObject['_zod']['def']): TypeExpression {
    const others = catchall?._zod.def.type ?? 'never';
    if (others !== 'never' && others !== 'unknown') throw new Unprintable('it has a .catchall()');
    const fields = Object.entries(shape).map(([name, field]) => ({
      name,
      isOptional: isOptional(field, this.#side),
      type: this.describe(field),
    }));
    if (fields.length === 0 && others === 'never') return NOTHING;
    return { kind: 'object', fields, isOpen: others === 'unknown' };
  }

  #describeTuple({ items, rest }: $ZodTuple['_zod']['def']): TypeExpression {
    const firstOptional = items.findLastIndex((item) => !isOptional(item, this.#side)) + 1;
    return {
      kind: 'tuple',
      items: items.map((item, index) => ({
        isOptional: index >= firstOptional,
        type: this.describe(item),
      })),
      rest: rest ? this.describe(rest) : undefined,
    };
  }

  #describeRecord({ keyType, valueType, partial }: $ZodRecord['_zod']['def']): TypeExpression {
    const key = this.describe(keyType);
    const value = this.describe(valueType);
    const isPartial =
      partial === true || (this.#side === 'input' && isOptional(valueType, 'input'));
    if (key.kind === 'text' && key.text === 'string' && !isPartial) {
      return { kind: 'dictionary', value };
    }
    const record: TypeExpression = { kind: 'generic', name: 'Record', parameters: [key, value] };
    return isPartial ? { kind: 'generic', name: 'Partial', parameters: [record] } : record;
  }
}

/** What Zod infers for an object without properties. */
const NOTHING: TypeExpression = {
  kind: 'generic',
  name: 'Record',
  parameters: [text('string'), text('never')],
};

function withoutUndefined(type: TypeExpression): TypeExpression {
  if (type.kind === 'recursive')
    throw new Unprintable('it takes undefined out of a recursive type');
  return without(type, 'undefined');
}

function toReadonly(type: TypeExpression): TypeExpression {
  switch (type.kind) {
    case 'array':
      return { kind: 'readonly', of: type };
    case 'object':
    case 'dictionary':
      return { kind: 'generic', name: 'Readonly', parameters: [type] };
    case 'text':
      return type;
    default:
      throw new Unprintable('it has a .readonly() of a compound type');
  }
}
