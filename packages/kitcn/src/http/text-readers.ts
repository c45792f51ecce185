import type { GenericValidator } from 'convex/values';
import type { $ZodType } from 'zod/v4/core';
import { definitionOf } from '../procedure/schema.ts';

/** Makes a value of a text; `undefined` if it is not the text of such a value. */
export type TextReader = (text: string) => unknown;

/** How the texts of one field are read. */
export interface FieldReading {
  /** Whether the field is an array, however often it is given. */
  readonly isList: boolean;
  readonly readers: readonly TextReader[];
}

/** The value that one of the readers makes of a text, else the text itself, which the schema will say no to. */
export function readText(text: string, readers: readonly TextReader[]): unknown {
  for (const read of readers) {
    const value = read(text);
    if (value !== undefined) return value;
  }
  return text;
}

const asText: TextReader = (text) => text;

const asNumber: TextReader = (text) =>
  /^-?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i.test(text) ? Number(text) : undefined;

const asBigInt: TextReader = (text) => (/^-?\d+$/.test(text) ? BigInt(text) : undefined);

const asBoolean: TextReader = (text) => {
  if (text === 'true') return true;
  return text === 'false' ? false : undefined;
};

const asDate: TextReader = (text) => {
  const time = /^\d{4}-\d\d-\d\d/.test(text) ? Date.parse(text) : NaN;
  return Number.isNaN(time) ? undefined : new Date(time);
};

const asNull: TextReader = (text) => (text === 'null' ? null : undefined);

const BY_TYPE: Readonly<Record<string, TextReader>> = {
  number: asNumber,
  bigint: asBigInt,
  boolean: asBoolean,
};

const TEXT_READING: FieldReading = { isList: false, readers: [asText] };

/** Reads literals; a text needs no reader. */
function readersOfValues(values: readonly unknown[]): TextReader[] {
  return values.flatMap((value) => {
    if (typeof value === 'string') return [];
    return [(text: string) => (String(value) === text ? value : undefined)];
  });
}

/** What takes text takes all of it. */
function union(readings: readonly FieldReading[]): FieldReading {
  const readers = readings.flatMap((reading) => reading.readers);
  return {
    isList: readings.some(({ isList }) => isList),
    readers: readers.includes(asText) ? [asText] : readers,
  };
}

/** How a field with this schema is read. A schema that coerces gets its text as it is. */
export function readingOfZod(schema: $ZodType): FieldReading {
  const def = definitionOf(schema);
  if ('coerce' in def && def.coerce === true) return TEXT_READING;
  switch (def.type) {
    case 'number':
    case 'bigint':
    case 'boolean':
      return { isList: false, readers: [BY_TYPE[def.type] ?? asText] };
    case 'date':
      return { isList: false, readers: [asDate] };
    case 'null':
      return { isList: false, readers: [asNull] };
    case 'literal':
      return { isList: false, readers: readersOfValues(def.values) };
    case 'enum':
      return { isList: false, readers: readersOfValues(Object.values(def.entries)) };
    case 'array':
      return { isList: true, readers: readingOfZod(def.element).readers };
    case 'union':
      return union(def.options.map(readingOfZod));
    case 'pipe':
      return readingOfZod(def.in);
    case 'lazy':
      return readingOfZod(def.getter());
    case 'nullable':
      return union([readingOfZod(def.innerType), { isList: false, readers: [asNull] }]);
    default:
      return 'innerType' in def ? readingOfZod(def.innerType) : TEXT_READING;
  }
}

/** The same for a field with a Convex validator. */
export function readingOfValidator(validator: GenericValidator): FieldReading {
  switch (validator.kind) {
    case 'float64':
      return { isList: false, readers: [asNumber] };
    case 'int64':
      return { isList: false, readers: [asBigInt] };
    case 'boolean':
      return { isList: false, readers: [asBoolean] };
    case 'null':
      return { isList: false, readers: [asNull] };
    case 'literal':
      return { isList: false, readers: readersOfValues([validator.value]) };
    case 'array':
      return { isList: true, readers: readingOfValidator(validator.element).readers };
    case 'union':
      return union(validator.members.map(readingOfValidator));
    default:
      return TEXT_READING;
  }
}
