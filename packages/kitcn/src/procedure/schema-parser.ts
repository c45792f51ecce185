import { zodToConvex } from 'convex-helpers/server/zod4';
import type { GenericValidator } from 'convex/values';
import { config, util } from 'zod/v4/core';
import type { $ZodIssue, $ZodType, ParsePayload } from 'zod/v4/core';
import { fitValidator } from './fit-validator.ts';
import { isPromise } from './promise.ts';
import { schemaParts } from './schema-parts.ts';
import { isConvexSchema, isZodSchema } from './schema.ts';
import type { Schema, StandardIssue, StandardSchema } from './schema.ts';

/** One thing wrong with an input. */
export interface InputIssue {
  path: (string | number)[];
  /** Zod's issue code, such as `invalid_type`; `invalid_type` or `custom` for schemas of others. */
  code: string;
  message: string;
}

/** What a schema made of a value. It has made nothing if there are issues; their form is the parser's own. */
export interface Outcome {
  readonly value: unknown;
  readonly issues: readonly unknown[];
}

/** A schema in the form that runs: synchronous as long as the schema is. */
export interface SchemaParser {
  parse(value: unknown): Outcome | Promise<Outcome>;
  toIssues(outcome: Outcome): InputIssue[];
}

/** The parser of a schema of any of the libraries; made once for a definition. */
export function createSchemaParser(schema: Schema): SchemaParser {
  if (isZodSchema(schema)) return createZodParser(schema);
  if (isConvexSchema(schema)) return createConvexParser(schema);
  return createStandardParser(schema as StandardSchema); // The third of three.
}

/**
 * Zod keeps in the context of a parse what it has met of cycles, so each has its own; and it puts another `run` in place
 * once it knows that a schema has none, so that is asked for each time.
 */
function createZodParser(schema: $ZodType): SchemaParser {
  const async = mayBeAsync(schema);
  const { _zod } = schema;
  return {
    parse: (value) => _zod.run({ value, issues: [] }, { async }) as Outcome | Promise<Outcome>,
    toIssues: ({ issues }) =>
      (issues as ParsePayload['issues']).map((raw) =>
        toInputIssue(util.finalizeIssue(raw, undefined, config()) as $ZodIssue),
      ),
  };
}

/**
 * What to tell Zod of promises, so that each function in a schema runs once. Told that nothing is asynchronous, Zod is
 * fastest, but throws when a promise comes after all, which would mean to start again: so it is told that only where no
 * function of a user's can give one. Told nothing, it awaits what checks give; a transform's promise it awaits only when
 * told to.
 */
function mayBeAsync(schema: $ZodType): boolean | undefined {
  let isAsync: false | undefined = false;
  for (const part of schemaParts(schema)) {
    const { type } = part._zod.def;
    if (type === 'promise' || 'transform' in part._zod.def) return true;
    const isPlain = type === 'custom' && zodToConvex(part).kind === 'id';
    if (!isPlain && hasCustomCheck(part)) isAsync = undefined;
  }
  return isAsync;
}

function hasCustomCheck(part: $ZodType): boolean {
  const { type, checks } = part._zod.def;
  return type === 'custom' || (checks ?? []).some(({ _zod }) => _zod.def.check === 'custom');
}

function toInputIssue({ path, code, message }: $ZodIssue): InputIssue {
  return { path: path.map(toStep), code, message };
}

function createConvexParser(validator: GenericValidator): SchemaParser {
  return {
    parse: (value) => fitValidator(validator, value),
    toIssues: ({ issues }) => issues as InputIssue[], // `fitValidator` gives no others.
  };
}

function createStandardParser(schema: StandardSchema): SchemaParser {
  const { validate } = schema['~standard'];
  return {
    parse(value) {
      const result = validate(value);
      return isPromise(result) ? result.then(toOutcome) : toOutcome(result);
    },
    toIssues: ({ issues }) =>
      (issues as StandardIssue[]).map(({ path = [], message }) => ({
        path: path.map((step) => toStep(typeof step === 'object' ? step.key : step)),
        code: 'custom',
        message,
      })),
  };
}

/** A `StandardResult`, read without asking which one. */
type AnyResult = { value?: unknown; issues?: readonly unknown[] | undefined };

function toOutcome({ value, issues = [] }: AnyResult): Outcome {
  return { value, issues };
}

function toStep(step: PropertyKey): string | number {
  return typeof step === 'symbol' ? String(step) : step;
}
