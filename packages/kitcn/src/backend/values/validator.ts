import { isJsonObject } from '../../shared/json-object.ts';
import { BackendError } from '../backend-error.ts';
import type { JsonObject, OptionalJson } from './value-kind.ts';
import type { JSONValue } from 'convex/values';

/** A validator as `convex/values` exports it to JSON; int64 is called `bigint`, float64 `number`. */
export type Validator =
  | { type: 'null' | 'number' | 'bigint' | 'boolean' | 'string' | 'bytes' | 'any' | 'commitTs' }
  | { type: 'literal'; value: JSONValue }
  | { type: 'id'; tableName: string }
  | { type: 'array'; value: Validator }
  | { type: 'object'; value: { [field: string]: FieldValidator } }
  | { type: 'record'; keys: Validator; values: FieldValidator }
  | { type: 'union'; value: Validator[] };

export interface FieldValidator {
  fieldType: Validator;
  optional: boolean;
}

/** Reads the JSON of a validator. Code `InvalidValidator` if it is not one. */
export function parseValidator(json: OptionalJson): Validator {
  if (!isJsonObject(json)) throw invalid(json);
  switch (json['type']) {
    case 'null':
    case 'number':
    case 'bigint':
    case 'boolean':
    case 'string':
    case 'bytes':
    case 'any':
    case 'commitTs':
      return { type: json['type'] };
    case 'literal':
      if (json['value'] === undefined) throw invalid(json);
      return { type: 'literal', value: json['value'] };
    case 'id':
      if (typeof json['tableName'] !== 'string') throw invalid(json);
      return { type: 'id', tableName: json['tableName'] };
    default:
      return parseComposite(json);
  }
}

function parseComposite(json: JsonObject): Validator {
  const value = json['value'];
  switch (json['type']) {
    case 'array':
      return { type: 'array', value: parseValidator(value) };
    case 'union':
      if (!Array.isArray(value)) throw invalid(json);
      return { type: 'union', value: value.map(parseValidator) };
    case 'record':
      return {
        type: 'record',
        keys: parseValidator(json['keys']),
        values: parseField(json['values']),
      };
    case 'object':
      if (!isJsonObject(value)) throw invalid(json);
      return {
        type: 'object',
        value: Object.fromEntries(
          Object.entries(value).map(([field, type]) => [field, parseField(type)]),
        ),
      };
    default:
      throw invalid(json);
  }
}

function parseField(json: OptionalJson): FieldValidator {
  if (!isJsonObject(json)) throw invalid(json);
  return { fieldType: parseValidator(json['fieldType']), optional: json['optional'] === true };
}

function invalid(json: OptionalJson): BackendError {
  return new BackendError(400, 'InvalidValidator', `Not a validator: ${JSON.stringify(json)}`);
}
