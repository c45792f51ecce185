import type { $ZodType } from 'zod/v4/core';

/** Where a Zod definition keeps the one schema or the list of schemas that it is made of. */
export const SINGLE_PARTS: readonly string[] = [
  'innerType',
  'element',
  'keyType',
  'valueType',
  'in',
  'out',
  'left',
  'right',
  'rest',
  'catchall',
];
export const LISTED_PARTS: readonly string[] = ['options', 'items'];

/** A schema and all schemas that it is made of, each once, so that schemas that contain themselves end. */
export function schemaParts(schema: $ZodType): Set<$ZodType> {
  const parts = new Set<$ZodType>([schema]);
  // A set hands out what is added while it is walked.
  for (const part of parts) {
    const definition = part._zod.def as unknown as Record<string, unknown>;
    for (const key of SINGLE_PARTS) add(parts, definition[key]);
    for (const key of LISTED_PARTS) addAll(parts, definition[key]);
    if (definition['type'] === 'object')
      addAll(parts, Object.values(definition['shape'] as object));
    if (definition['type'] === 'lazy') add(parts, (definition['getter'] as () => unknown)());
  }
  return parts;
}

function add(parts: Set<$ZodType>, part: unknown): void {
  if (typeof part === 'object' && part !== null && '_zod' in part) parts.add(part as $ZodType);
}

function addAll(parts: Set<$ZodType>, list: unknown): void {
  if (Array.isArray(list)) for (const part of list) add(parts, part);
}
