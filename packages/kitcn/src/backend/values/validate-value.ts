import { unreachable } from '../../shared/assert.ts';
import { describeValidator, describeValue } from './describe.ts';
import { decodeDocumentId } from './document-id.ts';
import { compareJson } from './value-order.ts';
import { isObjectValue, valueKindOf } from './value-kind.ts';
import type { FieldValidator, Validator } from './validator.ts';
import type { ValueKind } from './value-kind.ts';
import type { JSONValue } from 'convex/values';

export interface ValidationContext {
  /** The number of a table; `null` if there is no such table, and then any id will do. */
  tableNumberOf(table: string): number | null;
}

/** The first thing found wrong; paths are completed on the way out, so that a valid value costs nothing. */
interface Mismatch {
  reason: string;
  /** Where in the value, as `.users[3].name`; empty for the value itself. */
  path: string;
  value: JSONValue;
  validator: Validator;
}

/**
 * Checks a Convex-encoded value. Objects are closed: a field without a validator is a failure. Says what is wrong, with
 * lines for path, value and validator; `null` means valid.
 */
export function validateValue(
  validator: Validator,
  value: JSONValue,
  context: ValidationContext,
): string | null {
  const mismatch = check(validator, value, context);
  if (mismatch === null) return null;
  const lines = [
    `Value: ${describeValue(mismatch.value)}`,
    `Validator: ${describeValidator(mismatch.validator)}`,
  ];
  if (mismatch.path !== '') lines.unshift(`Path: ${mismatch.path}`);
  return `${mismatch.reason}\n${lines.join('\n')}`;
}

const PRIMITIVE_KINDS = {
  null: 'null',
  number: 'float64',
  bigint: 'int64',
  boolean: 'boolean',
  string: 'string',
  bytes: 'bytes',
  commitTs: 'int64',
} as const satisfies Partial<Record<Validator['type'], ValueKind>>;

function check(
  validator: Validator,
  value: JSONValue,
  context: ValidationContext,
): Mismatch | null {
  switch (validator.type) {
    case 'any':
      return null;
    case 'literal':
      return isLiteral(validator.value, value) ? null : wrong(validator, value);
    case 'id':
      return checkId(validator, value, context);
    case 'array':
      return checkArray(validator, value, context);
    case 'object':
      return checkObject(validator, value, context);
    case 'record':
      return checkRecord(validator, value, context);
    case 'union':
      return validator.value.some((member) => check(member, value, context) === null)
        ? null
        : wrong(validator, value);
    case 'null':
    case 'number':
    case 'bigint':
    case 'boolean':
    case 'string':
    case 'bytes':
    case 'commitTs':
      return valueKindOf(value) === PRIMITIVE_KINDS[validator.type]
        ? null
        : wrong(validator, value);
    default:
      return unreachable(validator);
  }
}

/** Literals are primitive, so a value of another kind, however deep, need not be compared. */
function isLiteral(literal: JSONValue, value: JSONValue): boolean {
  return valueKindOf(literal) === valueKindOf(value) && compareJson(literal, value) === 0;
}

type ValidatorOf<Type extends Validator['type']> = Extract<Validator, { type: Type }>;

function checkId(
  validator: ValidatorOf<'id'>,
  value: JSONValue,
  context: ValidationContext,
): Mismatch | null {
  const id = typeof value === 'string' ? decodeDocumentId(value) : null;
  if (id === null) return wrong(validator, value);
  const expected = context.tableNumberOf(validator.tableName);
  if (expected === null || expected === id.tableNumber) return null;
  return wrong(validator, value, `Found an ID of another table than \`${validator.tableName}\`.`);
}

function checkArray(
  validator: ValidatorOf<'array'>,
  value: JSONValue,
  context: ValidationContext,
): Mismatch | null {
  if (!Array.isArray(value)) return wrong(validator, value);
  for (const [index, element] of value.entries()) {
    const mismatch = check(validator.value, element, context);
    if (mismatch !== null) return within(`[${index}]`, mismatch);
  }
  return null;
}

function checkObject(
  validator: ValidatorOf<'object'>,
  value: JSONValue,
  context: ValidationContext,
): Mismatch | null {
  if (!isObjectValue(value)) return wrong(validator, value);
  for (const field of Object.keys(validator.value)) {
    const type = ownField<FieldValidator>(validator.value, field);
    const actual = ownField<JSONValue>(value, field);
    if (type === undefined) continue;
    if (actual === undefined) {
      if (type.optional) continue;
      return wrong(
        validator,
        value,
        `Object is missing the required field \`${field}\`. Consider wrapping the field validator in \`v.optional(...)\` if this is expected.`,
      );
    }
    const mismatch = check(type.fieldType, actual, context);
    if (mismatch !== null) return within(`.${field}`, mismatch);
  }
  const extra = Object.keys(value).find((field) => !Object.hasOwn(validator.value, field));
  if (extra === undefined) return null;
  return wrong(
    validator,
    value,
    `Object contains extra field \`${extra}\` that is not in the validator.`,
  );
}

function checkRecord(
  validator: ValidatorOf<'record'>,
  value: JSONValue,
  context: ValidationContext,
): Mismatch | null {
  if (!isObjectValue(value)) return wrong(validator, value);
  for (const [key, actual] of Object.entries(value)) {
    const mismatch =
      check(validator.keys, key, context) ?? check(validator.values.fieldType, actual, context);
    if (mismatch !== null) return within(`.${key}`, mismatch);
  }
  return null;
}

/** Reads no property of `Object.prototype`: a field may be called `constructor`. */
function ownField<T>(object: { [field: string]: T }, field: string): T | undefined {
  return Object.hasOwn(object, field) ? object[field] : undefined;
}

function wrong(
  validator: Validator,
  value: JSONValue,
  reason = 'Value does not match validator.',
): Mismatch {
  return { reason, path: '', value, validator };
}

function within(step: string, mismatch: Mismatch): Mismatch {
  return { ...mismatch, path: step + mismatch.path };
}
