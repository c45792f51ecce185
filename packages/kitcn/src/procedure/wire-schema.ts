import {
  $ZodAny,
  $ZodArray,
  $ZodDate,
  $ZodMap,
  $ZodNull,
  $ZodNumber,
  $ZodObject,
  $ZodSet,
  $ZodUndefined,
  $ZodVoid,
  clone,
} from 'zod/v4/core';
import type { $ZodType } from 'zod/v4/core';
import { DATE_TAG, MAP_TAG, SET_TAG, escapeKey } from '../wire/tag.ts';
import { LISTED_PARTS, SINGLE_PARTS } from './schema-parts.ts';

/**
 * The schema of a value once it is encoded: Dates, Maps and Sets are tagged, nothing is `null`. A schema that contains itself is
 * `any` where it does, since Convex has no validator for it.
 */
export function toWireSchema(schema: $ZodType, ancestors: readonly $ZodType[] = []): $ZodType {
  if (schema instanceof $ZodDate) return toDateSchema(schema);
  if (schema instanceof $ZodVoid || schema instanceof $ZodUndefined)
    return new $ZodNull({ type: 'null' });
  if (schema instanceof $ZodMap) return tagged(MAP_TAG, listOf(listOf(any())));
  if (schema instanceof $ZodSet) return tagged(SET_TAG, listOf(any()));
  if (ancestors.includes(schema)) return any();
  const inner = (child: $ZodType) => toWireSchema(child, [...ancestors, schema]);
  if (schema instanceof $ZodObject && isOpen(schema)) return any();
  return mapChildren(schema, inner);
}

function any(): $ZodType {
  return new $ZodAny({ type: 'any' });
}

/** A coerced Date takes strings and numbers too. */
function toDateSchema(schema: $ZodDate): $ZodType {
  if (schema._zod.def.coerce === true) return any();
  return tagged(DATE_TAG, new $ZodNumber({ type: 'number', checks: [] }));
}

function tagged(tag: string, payload: $ZodType): $ZodType {
  return new $ZodObject({ type: 'object', shape: { [tag]: payload } });
}

function listOf(element: $ZodType): $ZodType {
  return new $ZodArray({ type: 'array', element });
}

/** A loose object lets more fields in than a Convex object validator can say. */
function isOpen(schema: $ZodObject): boolean {
  const catchall = schema._zod.def.catchall;
  return catchall !== undefined && catchall._zod.def.type !== 'never';
}

/** The schema with its parts replaced; the very same one if none changed, for some are known by identity (`zid`). */
function mapChildren(schema: $ZodType, inner: (child: $ZodType) => $ZodType): $ZodType {
  const definition = schema._zod.def as unknown as Record<string, unknown>;
  const changes: Record<string, unknown> = {};
  for (const key of SINGLE_PARTS) {
    const child = definition[key] as $ZodType | null | undefined;
    if (child === undefined || child === null) continue;
    const mapped = inner(child);
    if (mapped !== child) changes[key] = mapped;
  }
  for (const key of LISTED_PARTS) {
    const children = definition[key] as $ZodType[] | undefined;
    const mapped = children?.map(inner);
    if (mapped?.some((child, index) => child !== children?.[index])) changes[key] = mapped;
  }
  if (schema instanceof $ZodObject) Object.assign(changes, mapShape(schema, inner));
  if (definition['type'] === 'lazy') return inner((definition['getter'] as () => $ZodType)());
  if (Object.keys(changes).length === 0) return schema;
  return clone(schema, { ...schema._zod.def, ...changes });
}

function mapShape(schema: $ZodObject, inner: (child: $ZodType) => $ZodType): { shape?: object } {
  const entries = Object.entries(schema._zod.def.shape);
  const mapped = entries.map(([key, child]) => [escapeKey(key), inner(child)] as const);
  const isSame = mapped.every(
    ([key, child], index) => key === entries[index]?.[0] && child === entries[index][1],
  );
  return isSame ? {} : { shape: Object.fromEntries(mapped) };
}
