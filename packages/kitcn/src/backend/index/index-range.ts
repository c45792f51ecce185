import { BackendError } from '../backend-error.ts';
import { encodeKeyPart } from '../values/key-part.ts';
import { measureValue } from '../values/value-limits.ts';
import { isUndefinedMarker } from '../values/value-kind.ts';
import { afterPrefix } from './key-interval.ts';
import type { RangeExpression } from '../transaction/transaction.ts';
import type { KeyInterval } from './key-interval.ts';

/** The index a range is over: its full name for messages, and the fields that a range may name. */
export interface RangeTarget {
  readonly indexName: string;
  readonly fields: readonly string[];
}

const MAX_VALUE_NESTING = 64;

/**
 * The keys that a range means. Convex's rules: equalities on the first fields in their order, then at most one lower
 * and one upper bound, both on the field that follows.
 */
export function resolveIndexRange(
  range: readonly RangeExpression[],
  target: RangeTarget,
): KeyInterval {
  const parts: Uint8Array[] = [];
  let lower: RangeExpression | undefined;
  let upper: RangeExpression | undefined;
  for (const expression of range) {
    assertField(expression, target);
    if (expression.type === 'Eq') {
      const hasBound = lower !== undefined || upper !== undefined;
      assertEquality(expression, target, { position: parts.length, hasBound });
      parts.push(partOf(expression));
    } else if (expression.type === 'Gt' || expression.type === 'Gte') {
      assertFreeBound(lower, expression, target);
      lower = expression;
    } else {
      assertFreeBound(upper, expression, target);
      upper = expression;
    }
  }
  assertBounds([lower, upper], target, parts.length);
  const prefix = Buffer.concat(parts);
  return {
    start: lower === undefined ? prefix : boundary(prefix, lower, lower.type === 'Gt'),
    end: upper === undefined ? afterPrefix(prefix) : boundary(prefix, upper, upper.type === 'Lte'),
  };
}

function boundary(prefix: Buffer, bound: RangeExpression, isAfter: boolean): Uint8Array {
  const position = Buffer.concat([prefix, partOf(bound)]);
  return isAfter ? afterPrefix(position) : position;
}

function partOf({ value }: RangeExpression): Uint8Array {
  if (isUndefinedMarker(value)) return encodeKeyPart(undefined);
  measureValue(value, MAX_VALUE_NESTING);
  return encodeKeyPart(value);
}

function assertField({ fieldPath }: RangeExpression, target: RangeTarget): void {
  if (target.fields.includes(fieldPath)) return;
  throw rangeError(target, 'FieldNotInIndex', `the index has no field "${fieldPath}"`);
}

function assertEquality(
  { fieldPath }: RangeExpression,
  target: RangeTarget,
  progress: { position: number; hasBound: boolean },
): void {
  const index = target.fields.indexOf(fieldPath);
  if (index < progress.position) {
    throw rangeError(target, 'AlreadyDefinedBound', `"${fieldPath}" already has an equality`);
  }
  if (index > progress.position || progress.hasBound) {
    throw rangeError(
      target,
      'InvalidIndexRange',
      `equalities come first and in the order of the fields, which are ${target.fields.join(', ')}`,
    );
  }
}

function assertFreeBound(
  existing: RangeExpression | undefined,
  { fieldPath, type }: RangeExpression,
  target: RangeTarget,
): void {
  if (existing === undefined) return;
  if (existing.fieldPath !== fieldPath) throw boundsOnMultipleFields(target);
  const side = type === 'Gt' || type === 'Gte' ? 'lower' : 'upper';
  throw rangeError(target, 'AlreadyDefinedBound', `"${fieldPath}" already has a ${side} bound`);
}

function assertBounds(
  [lower, upper]: [RangeExpression | undefined, RangeExpression | undefined],
  target: RangeTarget,
  position: number,
): void {
  const field = (lower ?? upper)?.fieldPath;
  if (field === undefined) return;
  if (upper !== undefined && upper.fieldPath !== field) throw boundsOnMultipleFields(target);
  if (field === target.fields[position]) return;
  throw rangeError(
    target,
    'InvalidIndexRange',
    `a bound is on the field after the equalities, here "${target.fields[position]}", not on "${field}"`,
  );
}

function boundsOnMultipleFields(target: RangeTarget): BackendError {
  return rangeError(
    target,
    'BoundsOnMultipleFields',
    'a lower and an upper bound are on the same field',
  );
}

function rangeError(target: RangeTarget, code: string, reason: string): BackendError {
  return new BackendError(
    400,
    code,
    `Invalid range over the index "${target.indexName}": ${reason}.`,
  );
}
