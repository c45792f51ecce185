import { CRPCError } from '../errors/crpc-error.ts';
import type { ProcedureDefinition } from './definition.ts';
import { misuse } from './misuse.ts';
import { flattenPageInput } from './paginated.ts';
import { isPromise } from './promise.ts';
import { createSchemaParser } from './schema-parser.ts';
import type { InputIssue, Outcome, SchemaParser } from './schema-parser.ts';
import type { Schema } from './schema.ts';

/** The data of an input error, the same at every caller. */
export interface InputErrorData {
  issues: InputIssue[];
}

/** Gives the value at once where the schemas are synchronous, which saves most procedures a turn of the event loop. */
type Parse = (value: unknown) => unknown;

/**
 * Gives every schema's result, merged, or a promise of it. Throws `BAD_REQUEST` with `data: { issues }`, of all schemas.
 * The schemas are prepared when the first value comes: a backend loads far more procedures than it runs.
 */
export function createInputParse({
  inputs,
  isPaginated,
}: Pick<ProcedureDefinition, 'inputs' | 'isPaginated'>): Parse {
  let parse: Parse | undefined;
  return (raw) => {
    parse ??= prepareInputs(inputs.map(createSchemaParser));
    return parse(isPaginated ? flattenPageInput(raw) : raw);
  };
}

function prepareInputs(parsers: readonly SchemaParser[]): Parse {
  const [only] = parsers;
  if (only === undefined) return (raw) => raw;
  if (parsers.length === 1) return parseWith(only, toInputError);
  return (raw) => {
    const outcomes = parsers.map((parser) => parser.parse(raw));
    return outcomes.some(isPromise)
      ? Promise.all(outcomes).then((settled) => merge(parsers, settled))
      : merge(parsers, outcomes as Outcome[]);
  };
}

/**
 * Gives the result of the schema of one part of a request, or a promise of it. Throws as `createInputParse` does, with
 * the part's name before each path.
 */
export function createPartParse(schema: Schema, part: string): Parse {
  return parseLater(schema, (issues) =>
    toInputError(issues.map((issue) => ({ ...issue, path: [part, ...issue.path] }))),
  );
}

/**
 * Gives the result of the schema of what a procedure sends, or a promise of it; any value, where there is no schema.
 * Throws `INTERNAL_SERVER_ERROR`, for a failure is the procedure's own mistake, and names code and path, never the value.
 */
export function createOutputParse(schema: Schema | undefined, what = 'Output'): Parse {
  if (schema === undefined) return (value) => value;
  return parseLater(schema, (issues) => misuse(describe(what, issues)));
}

type ToError = (issues: InputIssue[]) => CRPCError;

/** Prepares the schema when the first value comes. */
function parseLater(schema: Schema, toError: ToError): Parse {
  let parse: Parse | undefined;
  return (value) => {
    parse ??= parseWith(createSchemaParser(schema), toError);
    return parse(value);
  };
}

function parseWith(parser: SchemaParser, toError: ToError): Parse {
  const conclude = (outcome: Outcome): unknown => {
    if (outcome.issues.length === 0) return outcome.value;
    throw toError(parser.toIssues(outcome));
  };
  return (value) => {
    const outcome = parser.parse(value);
    return isPromise(outcome) ? outcome.then(conclude) : conclude(outcome);
  };
}

function merge(parsers: readonly SchemaParser[], outcomes: readonly Outcome[]): unknown {
  const issues = outcomes.flatMap((outcome, index) =>
    outcome.issues.length === 0 ? [] : (parsers[index]?.toIssues(outcome) ?? []),
  );
  if (issues.length > 0) throw toInputError(issues);
  return Object.assign({}, ...outcomes.map(({ value }) => value));
}

function toInputError(issues: InputIssue[]): CRPCError<InputErrorData> {
  return new CRPCError({
    code: 'BAD_REQUEST',
    message: describe('Input', issues),
    data: { issues },
  });
}

function describe(what: string, issues: readonly InputIssue[]): string {
  const list = issues.map(({ code, path }) => `${path.join('.') || '(root)'} ${code}`);
  return `${what} does not fit its schema: ${list.join(', ')}`;
}
