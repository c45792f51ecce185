import type { GenericValidator } from 'convex/values';
import type { $ZodType } from 'zod/v4/core';
import type { CRPCError } from '../errors/crpc-error.ts';
import { misuse } from './misuse.ts';
import { definitionOf, isConvexSchema, isZodSchema } from './schema.ts';
import type { Schema } from './schema.ts';

/** Kinds of Zod schema that can be an object; what a lazy one gives may not be defined yet. */
const OBJECT_LIKE: ReadonlySet<string> = new Set([
  'object',
  'union',
  'record',
  'intersection',
  'any',
  'unknown',
  'custom',
  'lazy',
]);

/** Throws for what cannot be arguments: Convex's have names. Looks at the root only, so that it costs next to nothing. */
export function checkInputSchema(schema: Schema, args: GenericValidator | undefined): void {
  const kind = rootKind(schema);
  if (kind === undefined) {
    if (args !== undefined) return;
    throw misuse(
      '.input() of a schema that is neither Zod’s nor Convex’s needs { args: v.object({ … }) } too',
    );
  }
  if (OBJECT_LIKE.has(kind)) return;
  throw misuse(
    `.input() takes an object schema, not one of type ${kind}: Convex arguments have names. Use z.object({ … }).`,
  );
}

/** Throws for a schema whose result may be `undefined`, which Convex cannot send. */
export function checkOutputSchema(schema: Schema): void {
  if (isOptional(schema)) throw optionalOutput();
}

export function optionalOutput(): CRPCError {
  return misuse('.output() cannot be optional: Convex has no undefined. Use .nullable().');
}

function rootKind(schema: Schema): string | undefined {
  if (isZodSchema(schema)) return zodKind(schema);
  return isConvexSchema(schema) ? schema.kind : undefined;
}

function zodKind(schema: $ZodType): string {
  const def = definitionOf(schema);
  switch (def.type) {
    case 'pipe': // What goes before a transform of the raw input can be anything.
      return definitionOf(def.in).type === 'transform' ? 'any' : zodKind(def.in);
    case 'readonly':
    case 'catch':
    case 'default':
    case 'prefault':
      return zodKind(def.innerType);
    default:
      return def.type;
  }
}

function isOptional(schema: Schema): boolean {
  if (isConvexSchema(schema)) return schema.isOptional === 'optional';
  return isZodSchema(schema) && definitionOf(schema).type === 'optional';
}
