import type { $ZodType } from 'zod/v4/core';

/** Where a Zod definition keeps the schemas that it is made of: one, or a list of them. */
export const PARTS: readonly string[] = [
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
  'options',
  'items',
];

/** A schema and all schemas that it is made of, each once, so that schemas that contain themselves end. */
export function schemaParts(schema: $ZodType): Set<$ZodType> {
  const parts = new Set<$ZodType>([schema]);
  // A set hands out what is added while it is walked.
  for (const part of parts) {
    const definition = part._zod.def as unknown as Record<string, unknown>;
    for (const key of PARTS) add(parts, definition[key]);
    if (definition['type'] === 'object') add(parts, Object.values(definition['shape'] as object));
    if (definition['type'] === 'lazy') add(parts, (definition['getter'] as () => unknown)());
  }
  return parts;
}

function add(parts: Set<$ZodType>, part: unknown): void {
  if (Array.isArray(part)) for (const one of part) add(parts, one);
  else if (typeof part === 'object' && part !== null && '_zod' in part) parts.add(part as $ZodType);
}
