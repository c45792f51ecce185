import { jsonToConvex } from 'convex/values';
import type { ValidatorJSON } from 'convex/values';
import { printLiteral } from '../emit/print-json.ts';
import { text, union } from '../model/type-expression.ts';
import type { TypeExpression } from '../model/type-expression.ts';

/** The type of the values that a Convex validator accepts, as Convex's own types would infer it. */
export function describeValidator(validator: ValidatorJSON): TypeExpression {
  switch (validator.type) {
    case 'number':
    case 'bigint':
    case 'boolean':
    case 'string':
    case 'null':
    case 'any':
      return text(validator.type);
    case 'bytes':
      return text('ArrayBuffer');
    case 'id':
      return { kind: 'id', table: validator.tableName };
    case 'literal':
      return text(printLiteral(jsonToConvex(validator.value)));
    case 'array':
      return { kind: 'array', element: describeValidator(validator.value) };
    case 'union':
      return union(validator.value.map(describeValidator));
    case 'record':
      return describeRecord(validator);
    case 'object':
      return {
        kind: 'object',
        isOpen: false,
        fields: Object.entries(validator.value).map(([name, { fieldType, optional }]) => ({
          name,
          isOptional: optional,
          type: describeValidator(fieldType),
        })),
      };
    default:
      return text('unknown');
  }
}

function describeRecord({
  keys,
  values,
}: Extract<ValidatorJSON, { type: 'record' }>): TypeExpression {
  const key = describeValidator(keys);
  const value = describeValidator(values.fieldType);
  if (keys.type === 'string') return { kind: 'dictionary', value };
  return { kind: 'generic', name: 'Record', parameters: [key, value] };
}

/** What `exportArgs()` or `exportReturns()` tells of a function: `undefined` where its author said nothing. */
export function parseExported(json: string | undefined): ValidatorJSON | undefined {
  // Convex's own output: a validator, or `null` and `any` where none was given.
  const validator = JSON.parse(json ?? 'null') as ValidatorJSON | null;
  return validator === null || validator.type === 'any' ? undefined : validator;
}
