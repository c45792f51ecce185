import type { GenericValidator } from 'convex/values';
import type { CRPCError } from '../errors/crpc-error.ts';
import { misuse } from './misuse.ts';
import { isConvexSchema, isZodSchema } from './schema.ts';
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
/** Zod schemas that take what the one inside takes. */
const WRAPPERS: ReadonlySet<string> = new Set(['readonly', 'catch', 'default', 'prefault']);

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
  if (isZodSchema(schema)) return zodKind(definitionOf(schema));
  return isConvexSchema(schema) ? schema.kind : undefined;
}

interface ZodDefinition {
  type: string;
  in?: unknown;
  innerType?: unknown;
}

/** Schemas are kept by the part of them that types read; this part is Zod's too. */
function definitionOf(schema: unknown): ZodDefinition {
  return (schema as { _zod: { def: ZodDefinition } })._zod.def;
}

function zodKind(definition: ZodDefinition): string {
  const { type } = definition;
  if (type === 'pipe') {
    const first = definitionOf(definition.in);
    // What goes before a transform of the raw input can be anything.
    return first.type === 'transform' ? 'any' : zodKind(first);
  }
  return WRAPPERS.has(type) ? zodKind(definitionOf(definition.innerType)) : type;
}

function isOptional(schema: Schema): boolean {
  if (isConvexSchema(schema)) return schema.isOptional === 'optional';
  return isZodSchema(schema) && definitionOf(schema).type === 'optional';
}
