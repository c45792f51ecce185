import { zodOutputToConvex, zodToConvex } from 'convex-helpers/server/zod4';
import { v } from 'convex/values';
import type { GenericValidator, PropertyValidators } from 'convex/values';
import type { $ZodType } from 'zod/v4/core';
import { CRPCError } from '../errors/crpc-error.ts';
import type { Schema } from './schema.ts';
import { toWireSchema } from './wire-schema.ts';

/**
 * The Convex validator of a procedure's encoded arguments; `undefined`, which accepts any object, if Convex has no
 * validator for them. Throws at definition time if a schema cannot be arguments at all.
 */
export function toArgsValidator(schemas: readonly Schema[]): GenericValidator | undefined {
  const validators = schemas.map((schema) => zodToConvex(toWireSchema(schema as $ZodType)));
  for (const validator of validators) assertObjectLike(validator.kind);
  if (validators.length === 1) return closedOrNone(validators[0]);
  const fields: PropertyValidators = {};
  for (const validator of validators) {
    if (validator.kind !== 'object') return undefined;
    Object.assign(fields, validator.fields);
  }
  return v.object(fields);
}

/** The Convex validator of a procedure's encoded result. Throws at definition time for an optional one. */
export function toReturnsValidator(schema: Schema): GenericValidator {
  const validator = zodOutputToConvex(toWireSchema(schema as $ZodType));
  if (validator.isOptional === 'required') return validator;
  throw new CRPCError({
    code: 'INTERNAL_SERVER_ERROR',
    message: '.output() cannot be optional at its root: Convex has no undefined. Use .nullable().',
  });
}

function closedOrNone(validator: GenericValidator | undefined): GenericValidator | undefined {
  return validator?.kind === 'object' || validator?.kind === 'union' ? validator : undefined;
}

function assertObjectLike(kind: string): void {
  if (['object', 'union', 'record', 'any'].includes(kind)) return;
  throw new CRPCError({
    code: 'INTERNAL_SERVER_ERROR',
    message: `.input() takes an object schema, not one of type ${kind}: Convex arguments have names. Use z.object({ … }).`,
  });
}
