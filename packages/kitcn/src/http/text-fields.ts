import type { GenericValidator } from 'convex/values';
import type { $ZodType } from 'zod/v4/core';
import { definitionOf, isConvexSchema, isZodSchema } from '../procedure/schema.ts';
import type { Schema } from '../procedure/schema.ts';
import { readingOfValidator, readingOfZod, readText } from './text-readers.ts';
import type { FieldReading } from './text-readers.ts';

/** Makes an object of named texts (and files) for a schema. */
export type ReadFields = (entries: Iterable<readonly [string, unknown]>) => Record<string, unknown>;

/**
 * Reads the fields of a query string, a path or a form: texts as what their schema asks for, and a name that comes
 * several times, or whose schema is an array, as an array.
 */
export function createFieldReader(schema: Schema): ReadFields {
  let readings: ReadonlyMap<string, FieldReading> | undefined;
  return (entries) => {
    readings ??= readingsOf(schema);
    const fields = new Map<string, unknown>();
    for (const [name, entry] of entries) {
      const reading = readings.get(name);
      const value = typeof entry === 'string' && reading ? readText(entry, reading.readers) : entry;
      const before = fields.get(name);
      if (Array.isArray(before)) before.push(value);
      else if (fields.has(name)) fields.set(name, [before, value]);
      else fields.set(name, reading?.isList === true ? [value] : value);
    }
    return Object.fromEntries(fields); // Not by assignment, which `__proto__` would not survive.
  };
}

function readingsOf(schema: Schema): Map<string, FieldReading> {
  if (isConvexSchema(schema)) {
    const fields: Record<string, GenericValidator> = schema.kind === 'object' ? schema.fields : {};
    return mapValues(fields, readingOfValidator);
  }
  return isZodSchema(schema) ? mapValues(shapeOf(schema), readingOfZod) : new Map();
}

/** The fields of an object schema, also behind `.transform()` and the like. */
function shapeOf(schema: $ZodType): Readonly<Record<string, $ZodType>> {
  const def = definitionOf(schema);
  if ('shape' in def) return def.shape;
  if ('in' in def) return shapeOf(def.in);
  return 'innerType' in def ? shapeOf(def.innerType) : {};
}

function mapValues<From>(
  fields: Readonly<Record<string, From>>,
  toReading: (field: From) => FieldReading,
): Map<string, FieldReading> {
  return new Map(Object.entries(fields).map(([name, field]) => [name, toReading(field)]));
}
