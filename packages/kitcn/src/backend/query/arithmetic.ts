import { BackendError } from '../backend-error.ts';
import {
  encodeFloat64,
  encodeInt64,
  float64Of,
  int64Of,
  valueKindOf,
} from '../values/value-kind.ts';
import type { OptionalJson } from '../values/value-kind.ts';
import type { JSONValue } from 'convex/values';

export type ArithmeticOperator = 'add' | 'sub' | 'mul' | 'div' | 'mod';

/** Arithmetic of filters: two int64 or two float64. Anything else, overflow and division by `0n` are `EvalError`s. */
export function arithmetic(
  operator: ArithmeticOperator,
  left: OptionalJson,
  right: OptionalJson,
): JSONValue {
  const kind = valueKindOf(left);
  if (kind === valueKindOf(right)) {
    if (kind === 'float64') {
      return encodeFloat64(floatResult(operator, float64Of(left) ?? 0, float64Of(right) ?? 0));
    }
    if (kind === 'int64') {
      return checkedInt64(intResult(operator, int64Of(left) ?? 0n, int64Of(right) ?? 0n));
    }
  }
  throw evalError(`${operator} takes two int64 or two float64 values`);
}

/** The value with its sign changed. */
export function negate(value: OptionalJson): JSONValue {
  const kind = valueKindOf(value);
  if (kind === 'float64') return encodeFloat64(-(float64Of(value) ?? 0));
  if (kind === 'int64') return checkedInt64(-(int64Of(value) ?? 0n));
  throw evalError('neg takes an int64 or a float64 value');
}

function floatResult(operator: ArithmeticOperator, left: number, right: number): number {
  switch (operator) {
    case 'add':
      return left + right;
    case 'sub':
      return left - right;
    case 'mul':
      return left * right;
    case 'div':
      return left / right;
    case 'mod':
      return left % right;
  }
}

function intResult(operator: ArithmeticOperator, left: bigint, right: bigint): bigint {
  if (right === 0n && (operator === 'div' || operator === 'mod')) {
    throw evalError('division by zero');
  }
  switch (operator) {
    case 'add':
      return left + right;
    case 'sub':
      return left - right;
    case 'mul':
      return left * right;
    case 'div':
      return left / right;
    case 'mod':
      return left % right;
  }
}

function checkedInt64(value: bigint): JSONValue {
  if (BigInt.asIntN(64, value) !== value) throw evalError('the result does not fit into an int64');
  return encodeInt64(value);
}

function evalError(reason: string): BackendError {
  return new BackendError(400, 'EvalError', `A filter cannot be evaluated: ${reason}.`);
}
