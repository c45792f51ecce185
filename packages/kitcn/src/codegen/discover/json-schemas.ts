import type { ValidatorJSON } from 'convex/values';
import { toJSONSchema } from 'zod/v4/core';
import type { $ZodType } from 'zod/v4/core';
import type { ProcedureInfo } from '../../procedure/definition.ts';
import type { RouteInfo } from '../../procedure/route-definition.ts';
import { isZodSchema } from '../../procedure/schema.ts';
import type { Schema } from '../../procedure/schema.ts';
import { toWireSchema } from '../../procedure/wire-schema.ts';
import type {
  ErrorSchema,
  FunctionSchemas,
  JsonSchema,
  RouteSchemas,
} from '../model/sent-schemas.ts';
import type { SchemaFacts } from './describe-schema.ts';
import { parseExported } from './describe-validator.ts';
import { isOptional } from './schema-optionality.ts';
import { validatorToJsonSchema } from './validator-json-schema.ts';
import type { SentForm } from './validator-json-schema.ts';

/** A function made by Convex's own `query`, `mutation` or `action`, or a procedure. */
interface Exported {
  '~crpc'?: ProcedureInfo;
  exportArgs?(): string;
  exportReturns?(): string;
}

export function schemasOfFunction(exported: object, facts: SchemaFacts): FunctionSchemas {
  const { '~crpc': info, exportArgs, exportReturns } = exported as Exported;
  if (info === undefined || !('inputs' in info)) {
    return {
      input: ofExported(exportArgs?.(), 'encoded'),
      output: ofExported(exportReturns?.(), 'plain'),
    };
  }
  const inputs = info.inputs.map((schema) => toSchema(schema, 'encoded', facts));
  const [only] = inputs;
  return {
    input: inputs.length > 1 ? { allOf: inputs } : only,
    output: info.output && toSchema(info.output, 'plain', { ...facts, io: 'output' }),
  };
}

export function schemasOfRoute(
  { schemas, output, errors }: RouteInfo,
  facts: SchemaFacts,
): RouteSchemas {
  const { params, searchParams, form, input } = schemas;
  return {
    params: params && toSchema(params, 'text', facts),
    searchParams: searchParams && toSchema(searchParams, 'text', facts),
    form: form && toSchema(form, 'text', facts),
    input: input && toSchema(input, 'encoded', facts),
    output: output && toSchema(output, 'encoded', { ...facts, io: 'output' }),
    errors: schemasOfErrors(errors, facts),
  };
}

function schemasOfErrors(
  errors: RouteInfo['errors'],
  facts: SchemaFacts,
): Record<string, ErrorSchema> {
  const entries = Object.entries(errors).map(([code, { declaration }]): [string, ErrorSchema] => {
    const { status, data } = declaration;
    if (data === undefined) return [code, { status, hasData: false }];
    const isLeftOut = isZodSchema(data) && isOptional(data, 'output');
    const schema = toSchema(data, 'encoded', { ...facts, io: 'output' });
    return [code, { status, data: schema, hasData: !isLeftOut }];
  });
  return Object.fromEntries(entries);
}

function ofExported(json: string | undefined, form: SentForm): JsonSchema | undefined {
  const validator = parseExported(json);
  return validator && validatorToJsonSchema(validator, form);
}

/** What `facts` is asked for, and which side of a schema is meant: what it takes, or what it gives. */
type Side = Pick<SchemaFacts, 'tableOf'> & { io?: 'input' | 'output' };

function toSchema(schema: Schema, form: SentForm, side: Side): JsonSchema {
  if (isZodSchema(schema)) {
    return ofZod(form === 'text' ? schema : toWireSchema(schema, side.io ?? 'input'), form, side);
  }
  const { json } = schema as { json?: ValidatorJSON }; // Not in the published types of validators.
  return json === undefined ? {} : validatorToJsonSchema(json, form);
}

/** What has no JSON Schema, such as the result of a transform, may be anything. */
function ofZod(schema: $ZodType, form: SentForm, { io = 'input', tableOf }: Side): JsonSchema {
  try {
    const { $schema: _, ...json } = toJSONSchema(schema, {
      io,
      unrepresentable: 'any',
      override: ({ zodSchema, jsonSchema }) => {
        Object.assign(jsonSchema, ofLeaf(zodSchema, form, tableOf));
      },
    });
    return JSON.parse(JSON.stringify(json)) as JsonSchema; // Nothing but what is JSON of it.
  } catch {
    return {};
  }
}

/** What JSON Schema has no word for, and Convex's JSON or a text has a form. */
function ofLeaf(
  schema: $ZodType,
  form: SentForm,
  tableOf: Side['tableOf'],
): JsonSchema | undefined {
  switch (schema._zod.def.type) {
    case 'bigint':
      return validatorToJsonSchema({ type: 'bigint' }, form);
    case 'date':
      return { type: 'string', format: 'date-time' };
    case 'custom': {
      const tableName = tableOf(schema);
      return tableName === undefined
        ? undefined
        : validatorToJsonSchema({ type: 'id', tableName }, form);
    }
    default:
      return undefined;
  }
}
