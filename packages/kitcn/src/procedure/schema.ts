import type { GenericValidator } from 'convex/values';
import type { $ZodType, $ZodTypes } from 'zod/v4/core';

/**
 * The part of a Zod 4 schema (classic or mini) that types read. Constraining by it instead of by Zod's class keeps
 * each procedure's type cost near Zod's own.
 */
export interface ZodSchema<Input = unknown, Output = unknown> {
  readonly _zod: { readonly input: Input; readonly output: Output };
}

/** The part of a Convex validator that types read. */
export interface ConvexSchema<Value = unknown> {
  readonly isConvexValidator: true;
  readonly type: Value;
}

/** A schema of any library that follows Standard Schema 1: Valibot, ArkType and others. */
export interface StandardSchema<Input = unknown, Output = unknown> {
  readonly '~standard': {
    readonly version: 1;
    readonly vendor: string;
    readonly validate: (value: unknown) => StandardResult<Output> | Promise<StandardResult<Output>>;
    readonly types?: { readonly input: Input; readonly output: Output } | undefined;
  };
}

export interface StandardIssue {
  readonly message: string;
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
}

export type StandardResult<Output> =
  | { readonly value: Output; readonly issues?: undefined }
  | { readonly issues: readonly StandardIssue[] };

/** What `.input()` and `.output()` take. */
export type Schema = ZodSchema | ConvexSchema | StandardSchema;

/** What a schema takes, as types know it; `undefined` where there is no schema. */
export type SchemaInput<S> = S extends ZodSchema
  ? S['_zod']['input']
  : S extends ConvexSchema
    ? S['type']
    : StandardSide<S, 'input'>;

/** The same of what it makes of it. */
export type SchemaOutput<S> = S extends ZodSchema
  ? S['_zod']['output']
  : S extends ConvexSchema
    ? S['type']
    : StandardSide<S, 'output'>;

/** A side of a schema of another library's. */
type StandardSide<S, Side extends 'input' | 'output'> = S extends {
  readonly '~standard': { readonly types?: infer Types };
}
  ? NonNullable<Types> extends Record<Side, infer Value>
    ? Value
    : unknown
  : undefined;

/** A schema that cannot be told from its static type to be sent: what lacks at the root is `undefined`. */
export type OptionalSchema =
  | { readonly _zod: { readonly optout: 'optional' } }
  | { readonly isConvexValidator: true; readonly isOptional: 'optional' };

export function isZodSchema(schema: Schema): schema is $ZodType {
  return '_zod' in schema;
}

/** What a Zod schema is made of. */
export function definitionOf(schema: $ZodType): $ZodTypes['_zod']['def'] {
  return (schema as $ZodTypes)._zod.def; // All classes of Zod's are in that union.
}

export function isConvexSchema(schema: Schema): schema is ConvexSchema & GenericValidator {
  return 'isConvexValidator' in schema;
}
