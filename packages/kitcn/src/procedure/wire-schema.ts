import {
  $ZodAny,
  $ZodArray,
  $ZodNull,
  $ZodNumber,
  $ZodObject,
  $ZodOptional,
  clone,
} from 'zod/v4/core';
import type { $ZodShape, $ZodType, $ZodTypes } from 'zod/v4/core';
import { DATE_TAG, MAP_TAG, SET_TAG, escapeKey } from '../wire/tag.ts';
import { LISTED_PARTS, SINGLE_PARTS } from './schema-parts.ts';

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
  if (ancestors.includes(schema)) return any();
  const { def } = (schema as $ZodTypes)._zod; // All classes of Zod's are in that union.
  const inner = (child: $ZodType) => toWireSchema(child, side, [...ancestors, schema]);
  switch (def.type) {
    case 'date': // A coerced one takes strings and numbers too.
      return def.coerce === true
        ? any()
        : tagged(DATE_TAG, new $ZodNumber({ type: 'number', checks: [] }));
    case 'void':
    case 'undefined':
      return new $ZodNull({ type: 'null' });
    case 'map':
      return tagged(MAP_TAG, listOf(listOf(any())));
    case 'set':
      return tagged(SET_TAG, listOf(any()));
    case 'lazy':
      return inner(def.getter());
    case 'pipe':
      return inner(side === 'input' ? def.in : def.out);
    case 'default':
    case 'prefault': {
      const innerType = inner(def.innerType);
      return side === 'input' ? new $ZodOptional({ type: 'optional', innerType }) : innerType;
    }
    case 'object': // A loose one lets more fields in than a Convex validator can say.
      return (def.catchall?._zod.def.type ?? 'never') === 'never'
        ? mapParts(schema, mapShape(def.shape, inner), inner)
        : any();
    default:
      return mapParts(schema, {}, inner);
  }
}

function any(): $ZodType {
  return new $ZodAny({ type: 'any' });
}

function tagged(tag: string, payload: $ZodType): $ZodType {
  return new $ZodObject({ type: 'object', shape: { [tag]: payload } });
}

function listOf(element: $ZodType): $ZodType {
  return new $ZodArray({ type: 'array', element });
}

type MapPart = (part: $ZodType) => $ZodType;

/** The schema with its parts replaced; the very same one if none changed, for some are known by identity (`zid`). */
function mapParts(schema: $ZodType, changes: Record<string, unknown>, mapPart: MapPart): $ZodType {
  const definition = schema._zod.def as unknown as Record<string, unknown>;
  for (const key of SINGLE_PARTS) {
    const part = definition[key] as $ZodType | null | undefined;
    if (part) changes[key] = mapPart(part);
  }
  for (const key of LISTED_PARTS) {
    const parts = definition[key] as $ZodType[] | undefined;
    if (parts) changes[key] = parts.map(mapPart);
  }
  const hasParts = Object.keys(changes).length > 0;
  return hasParts ? clone(schema, { ...schema._zod.def, ...changes }) : schema;
}

function mapShape(shape: $ZodShape, mapPart: MapPart): { shape: $ZodShape } {
  const fields = Object.entries(shape).map(([name, field]) => [escapeKey(name), mapPart(field)]);
  return { shape: Object.fromEntries(fields) };
}
