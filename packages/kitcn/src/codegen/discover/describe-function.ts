import type { ValidatorJSON } from 'convex/values';
import type { ProcedureInfo } from '../../procedure/definition.ts';
import { isConvexSchema, isZodSchema } from '../../procedure/schema.ts';
import type { Schema } from '../../procedure/schema.ts';
import {
  imported,
  isPrinted,
  NO_FIELDS,
  NO_INPUT,
  printed,
  text,
  union,
} from '../model/type-expression.ts';
import type {
  DescribedError,
  FunctionTypes,
  PrintedType,
  RecursiveType,
  TypeExpression,
  UnprintedType,
} from '../model/type-expression.ts';
import { describeSchema } from './describe-schema.ts';
import type { SchemaFacts, SchemaSide } from './describe-schema.ts';
import { describeValidator, parseExported } from './describe-validator.ts';

/** What is known of the schemas of a module. */
export interface ModuleFacts extends SchemaFacts {
  /** Whether what its schemas say may not be what their types say. */
  isHandTyped: boolean;
}

/** A function made by Convex's own `query`, `mutation` or `action`. */
interface PlainFunction {
  exportArgs?(): string;
  exportReturns?(): string;
}

/** The types of what a registered function's callers pass and receive. */
export function describeFunction(exported: object, facts: ModuleFacts): FunctionTypes {
  const info = (exported as { '~crpc'?: ProcedureInfo })['~crpc'];
  // Another version of this package may have made it, and said less.
  const isKnown = info !== undefined && 'inputs' in info && 'errors' in info;
  return isKnown ? describeProcedure(info, facts) : describePlain(exported);
}

function describeProcedure(info: ProcedureInfo, facts: ModuleFacts): FunctionTypes {
  return {
    isExact: !facts.isHandTyped,
    isPaginated: info.isPaginated === true,
    input: describeInput(info, 'input', facts),
    output: sentOutput(describeOutput(info, 'output', facts)),
    errors: describeErrors(info, facts),
    handler: isContextExtended(info)
      ? undefined
      : {
          input: describeInput(info, 'output', facts),
          output: describeOutput(info, 'input', facts),
        },
  };
}

/** The errors that a procedure or a route declares. */
export function describeErrors(
  { errors }: Pick<ProcedureInfo, 'errors'>,
  facts: ModuleFacts,
): DescribedError[] {
  return Object.entries(errors).map(([code, { declaration }]) => ({
    code,
    status: declaration.status,
    data: describeData(declaration.data, facts),
  }));
}

/** What an error brings to callers. */
function describeData(schema: Schema | undefined, facts: ModuleFacts): PrintedType | UnprintedType {
  if (schema === undefined) return printed(text('undefined'));
  const described = describeSide(schema, 'output', facts);
  const isRecursive = isPrinted(described) && described.recursive.length > 0;
  return isRecursive ? { reason: 'it is recursive' } : described;
}

/** Any middleware may add to the context, whatever it does at run time. */
function isContextExtended({ middlewares, extendContext }: ProcedureInfo): boolean {
  return middlewares.length > 0 || extendContext !== undefined;
}

function describeInput(
  info: ProcedureInfo,
  side: SchemaSide,
  facts: ModuleFacts,
): PrintedType | UnprintedType {
  const members: TypeExpression[] = [];
  const recursive: RecursiveType[] = [];
  for (const [index, schema] of info.inputs.entries()) {
    if (isPageInput(info, index)) {
      // As the builder's types add it to what there is, if only to the lack of an input.
      if (members.length === 0) members.push(NO_FIELDS);
      members.push(imported(side === 'input' ? 'PageInput' : 'ParsedPageInput'));
      continue;
    }
    const described = describeSide(schema, side, facts);
    if (!isPrinted(described)) return described;
    if (described.recursive.length > 0 && recursive.length > 0) {
      return { reason: 'it has several recursive inputs' };
    }
    members.push(described.type);
    recursive.push(...described.recursive);
  }
  const [only, ...others] = members;
  if (only === undefined) return printed(NO_INPUT);
  return printed(others.length === 0 ? only : { kind: 'intersection', members }, recursive);
}

/** Whether `.paginated()` has put the schema there: its arguments are those of Convex's paginated hooks, too. */
function isPageInput({ isPaginated, argsValidators }: ProcedureInfo, index: number): boolean {
  const args = argsValidators[index];
  return isPaginated === true && args?.kind === 'object' && 'paginationOpts' in args.fields;
}

function describeOutput(
  { output, isPaginated }: ProcedureInfo,
  side: SchemaSide,
  facts: ModuleFacts,
): PrintedType | UnprintedType {
  if (output === undefined) return { reason: 'it has no .output()' };
  const described = describeSide(output, side, facts);
  if (!isPaginated || !isPrinted(described) || described.type.kind !== 'object') return described;
  const page = described.type.fields.find(({ name }) => name === 'page')?.type;
  if (page?.kind !== 'array') return { reason: 'its page is no array' };
  return { ...described, type: imported('Page', page.element) };
}

/** One side of a schema, whichever library it is of. */
export function describeSide(
  schema: Schema,
  side: SchemaSide,
  facts: SchemaFacts,
): PrintedType | UnprintedType {
  if (isZodSchema(schema)) return describeSchema(schema, side, facts);
  if (isConvexSchema(schema)) {
    const { json } = schema as unknown as { json: ValidatorJSON }; // Not in its published types.
    return printed(describeValidator(json));
  }
  return { reason: 'its schema is neither of Zod nor of Convex' };
}

/** Convex sends `null` for nothing. */
export function sentOutput(described: PrintedType | UnprintedType): PrintedType | UnprintedType {
  if (!isPrinted(described)) return described;
  const { type, recursive } = described;
  const members = type.kind === 'union' ? type.members : [type];
  const sent = members.map((member) =>
    member.kind === 'text' && ['void', 'undefined'].includes(member.text) ? text('null') : member,
  );
  return printed(union(sent), recursive);
}

/** Convex infers results from handlers, so that `returns` is not exactly what its own types say. */
function describePlain(exported: PlainFunction): FunctionTypes {
  const args = parseExported(exported.exportArgs?.());
  const returns = parseExported(exported.exportReturns?.());
  return {
    isExact: false,
    isPaginated: false,
    input: args ? printed(describeValidator(args)) : { reason: 'it has no args' },
    output: returns ? printed(describeValidator(returns)) : { reason: 'it has no returns' },
    errors: [],
    handler: undefined,
  };
}
