import { zodToConvex } from 'convex-helpers/server/zod4';
import { v } from 'convex/values';
import type { GenericValidator, PropertyValidators } from 'convex/values';
import type { ProcedureDefinition } from './definition.ts';
import { optionalOutput } from './check-schema.ts';
import { isConvexSchema, isZodSchema } from './schema.ts';
import type { Schema } from './schema.ts';
import { toWireSchema } from './wire-schema.ts';
import type { SchemaSide } from './wire-schema.ts';

type Inputs = Pick<ProcedureDefinition, 'inputs' | 'argsValidators'>;
type Output = Pick<ProcedureDefinition, 'output' | 'returnsValidator'>;

/**
 * The Convex validator of a procedure's encoded arguments; `undefined`, which accepts any object, if Convex has no
 * validator for them.
 */
export function toArgsValidator({ inputs, argsValidators }: Inputs): GenericValidator | undefined {
  const validators = inputs.map(
    (schema, index) => argsValidators[index] ?? toValidator(schema, 'input'),
  );
  if (validators.length === 1) return closedOrNone(validators[0]);
  const fields: PropertyValidators = {};
  for (const validator of validators) {
    if (validator?.kind !== 'object') return undefined;
    Object.assign(fields, validator.fields);
  }
  return v.object(fields);
}

/** The Convex validator of a procedure's encoded result; `undefined`, which accepts any, if nothing tells it. */
export function toReturnsValidator({
  output,
  returnsValidator,
}: Output): GenericValidator | undefined {
  if (returnsValidator !== undefined) return returnsValidator;
  if (output === undefined || isConvexSchema(output)) return output;
  const validator = toValidator(output, 'output');
  if (validator?.isOptional !== 'optional') return validator;
  throw optionalOutput();
}

function toValidator(schema: Schema, side: SchemaSide): GenericValidator | undefined {
  if (isConvexSchema(schema)) return schema;
  if (!isZodSchema(schema)) return undefined;
  return zodToConvex(toWireSchema(schema, side));
}

function closedOrNone(validator: GenericValidator | undefined): GenericValidator | undefined {
  return validator?.kind === 'object' || validator?.kind === 'union' ? validator : undefined;
}
