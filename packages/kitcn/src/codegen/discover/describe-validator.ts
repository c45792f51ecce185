import { jsonToConvex } from 'convex/values';
import type { ValidatorJSON } from 'convex/values';
import { printString } from '../emit/print-json.ts';
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
    case 'literal': {
      const value = jsonToConvex(validator.value);
      return text(typeof value === 'bigint' ? `${value}n` : printLiteral(value));
    }
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

function printLiteral(value: unknown): string {
  return typeof value === 'string' ? printString(value) : String(value);
}
