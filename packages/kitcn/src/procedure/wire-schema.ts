import { clone } from 'zod/v4/core';
import type { $ZodShape, $ZodType } from 'zod/v4/core';
import * as z from 'zod/mini';
import { DATE_TAG, MAP_TAG, SET_TAG, escapeKey } from '../wire/tag.ts';
import { definitionOf } from './schema.ts';
import { PARTS } from './schema-parts.ts';

/** What a schema takes, or what it makes of it. */
export type SchemaSide = 'input' | 'output';

/**
 * The schema of what travels of one side of a schema: Dates, Maps and Sets are tagged, nothing is `null`. A schema that
 * contains itself is `any` where it does, since Convex has no validator for it.
 */
export function toWireSchema(
  schema: $ZodType,
  side: SchemaSide,
  ancestors: readonly $ZodType[] = [],
): $ZodType {
  if (ancestors.includes(schema)) return z.any();
  const def = definitionOf(schema);
  const inner = (child: $ZodType) => toWireSchema(child, side, [...ancestors, schema]);
  switch (def.type) {
    case 'date': // A coerced one takes strings and numbers too.
      return def.coerce === true ? z.any() : tagged(DATE_TAG, z.number());
    case 'void':
    case 'undefined':
      return z.null();
    case 'map':
      return tagged(MAP_TAG, z.array(z.array(z.any())));
    case 'set':
      return tagged(SET_TAG, z.array(z.any()));
    case 'lazy':
      return inner(def.getter());
    case 'pipe':
      return inner(side === 'input' ? def.in : def.out);
    case 'default':
    case 'prefault': {
      const innerType = inner(def.innerType);
      return side === 'input' ? z.optional(innerType) : innerType;
    }
    case 'object': // A loose one lets more fields in than a Convex validator can say.
      return (def.catchall?._zod.def.type ?? 'never') === 'never'
        ? mapParts(schema, mapShape(def.shape, inner), inner)
        : z.any();
    case 'record': // Nor can it say that known keys may be missing.
      return def.partial || def.mode ? z.any() : mapParts(schema, {}, inner);
    default:
      return mapParts(schema, {}, inner);
  }
}

function tagged(tag: string, payload: $ZodType): $ZodType {
  return z.object({ [tag]: payload });
}

type MapPart = (part: $ZodType) => $ZodType;

/** The schema with its parts replaced; the very same one if none changed, for some are known by identity (`zid`). */
function mapParts(schema: $ZodType, changes: Record<string, unknown>, mapPart: MapPart): $ZodType {
  const definition = schema._zod.def as unknown as Record<string, unknown>;
  for (const key of PARTS) {
    const part = definition[key] as $ZodType | $ZodType[] | null | undefined;
    if (part) changes[key] = Array.isArray(part) ? part.map(mapPart) : mapPart(part);
  }
  const hasParts = Object.keys(changes).length > 0;
  return hasParts ? clone(schema, { ...schema._zod.def, ...changes }) : schema;
}

function mapShape(shape: $ZodShape, mapPart: MapPart): { shape: $ZodShape } {
  const fields = Object.entries(shape).map(([name, field]) => [escapeKey(name), mapPart(field)]);
  return { shape: Object.fromEntries(fields) };
}
