import type { ValidatorJSON } from 'convex/values';
import type { JsonSchema } from '../model/sent-schemas.ts';

/** How values travel: in Convex's JSON, in its plain JSON (`format: 'json'`), or as texts of a URL or a form. */
export type SentForm = 'encoded' | 'plain' | 'text';

/** The JSON Schema of what a Convex validator accepts, in the form in which it travels. */
export function validatorToJsonSchema(validator: ValidatorJSON, form: SentForm): JsonSchema {
  const inner = (part: ValidatorJSON): JsonSchema => validatorToJsonSchema(part, form);
  switch (validator.type) {
    case 'number':
    case 'boolean':
    case 'string':
    case 'null':
      return { type: validator.type };
    case 'bigint':
      return form === 'encoded' ? tagged('$integer') : { type: 'string', pattern: '^-?\\d+$' };
    case 'bytes':
      return form === 'encoded' ? tagged('$bytes') : { type: 'string', contentEncoding: 'base64' };
    case 'id':
      return { type: 'string', description: `The id of a document in "${validator.tableName}"` };
    case 'literal':
      return { const: validator.value as string }; // In Convex's JSON already.
    case 'array':
      return { type: 'array', items: inner(validator.value) };
    case 'union':
      return { anyOf: validator.value.map(inner) };
    case 'record':
      return { type: 'object', additionalProperties: inner(validator.values.fieldType) };
    case 'object':
      return objectSchema(validator.value, inner);
    default:
      return {};
  }
}

function tagged(name: string): JsonSchema {
  const properties = { [name]: { type: 'string', contentEncoding: 'base64' } as const };
  return { type: 'object', properties, required: [name] };
}

function objectSchema(
  fields: Extract<ValidatorJSON, { type: 'object' }>['value'],
  inner: (part: ValidatorJSON) => JsonSchema,
): JsonSchema {
  const entries = Object.entries(fields);
  const required = entries.filter(([, { optional }]) => !optional).map(([name]) => name);
  return {
    type: 'object',
    properties: Object.fromEntries(
      entries.map(([name, { fieldType }]) => [name, inner(fieldType)]),
    ),
    ...(required.length > 0 && { required }),
    additionalProperties: false,
  };
}
