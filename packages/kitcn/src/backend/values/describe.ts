import { isJsonObject } from '../../shared/json-object.ts';
import { float64Of, int64Of, valueKindOf } from './value-kind.ts';
import type { FieldValidator, Validator } from './validator.ts';
import type { OptionalJson } from './value-kind.ts';

const LONGEST_DESCRIPTION = 1000;
const DEEPEST_DESCRIPTION = 16;
const PLAIN_KEY = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** A value as people write it, for error messages: `{count: 1n, name: "a"}`. Cut after 1,000 characters. */
export function describeValue(json: OptionalJson): string {
  const text = writeValue(json, 0);
  return text.length > LONGEST_DESCRIPTION ? `${text.slice(0, LONGEST_DESCRIPTION)}...` : text;
}

/** A validator as the code that makes it: `v.object({name: v.string()})`. */
export function describeValidator(validator: Validator): string {
  switch (validator.type) {
    case 'number':
      return 'v.float64()';
    case 'bigint':
      return 'v.int64()';
    case 'literal':
      return `v.literal(${describeValue(validator.value)})`;
    case 'id':
      return `v.id("${validator.tableName}")`;
    case 'array':
      return `v.array(${describeValidator(validator.value)})`;
    case 'record':
      return `v.record(${describeValidator(validator.keys)}, ${describeField(validator.values)})`;
    case 'union':
      return `v.union(${validator.value.map(describeValidator).join(', ')})`;
    case 'object':
      return `v.object(${writeFields(validator.value, describeField)})`;
    default:
      return `v.${validator.type}()`;
  }
}

function describeField({ fieldType, optional }: FieldValidator): string {
  return optional ? `v.optional(${describeValidator(fieldType)})` : describeValidator(fieldType);
}

function writeValue(json: OptionalJson, depth: number): string {
  if (depth > DEEPEST_DESCRIPTION) return '...';
  const writeInner = (inner: OptionalJson): string => writeValue(inner, depth + 1);
  switch (valueKindOf(json)) {
    case 'undefined':
      return 'undefined';
    case 'int64':
      return `${int64Of(json)}n`;
    case 'float64':
      return writeFloat(float64Of(json));
    case 'array':
      return Array.isArray(json) ? `[${json.map(writeInner).join(', ')}]` : '';
    case 'object':
      return isJsonObject(json) ? writeFields(json, writeInner) : '';
    default:
      return JSON.stringify(json);
  }
}

function writeFloat(value: number | null): string {
  if (Object.is(value, -0)) return '-0.0';
  return Number.isInteger(value) ? `${value}.0` : String(value);
}

function writeFields<T>(fields: { [field: string]: T }, write: (value: T) => string): string {
  const entries = Object.entries(fields).map(([field, value]) => {
    return `${PLAIN_KEY.test(field) ? field : JSON.stringify(field)}: ${write(value)}`;
  });
  return `{${entries.join(', ')}}`;
}
