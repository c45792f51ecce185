import { isJsonObject } from '../../shared/json-object.ts';
import { BackendError } from '../backend-error.ts';
import { fieldAt } from '../index/index-key.ts';
import { compareJson } from '../values/value-order.ts';
import { isUndefinedMarker } from '../values/value-kind.ts';
import { arithmetic, negate } from './arithmetic.ts';
import type { DocumentJson } from '../transaction/transaction.ts';
import type { OptionalJson } from '../values/value-kind.ts';
import type { ArithmeticOperator } from './arithmetic.ts';
import type { JSONValue } from 'convex/values';

/** A compiled filter expression: the value it has for one document. */
export type Expression = (document: DocumentJson) => OptionalJson;

const MAX_NESTING = 64;

const comparisons: Record<string, (order: number) => boolean> = {
  $eq: (order) => order === 0,
  $neq: (order) => order !== 0,
  $lt: (order) => order < 0,
  $lte: (order) => order <= 0,
  $gt: (order) => order > 0,
  $gte: (order) => order >= 0,
};

const arithmeticOperators: Record<string, ArithmeticOperator> = {
  $add: 'add',
  $sub: 'sub',
  $mul: 'mul',
  $div: 'div',
  $mod: 'mod',
};

/**
 * Compiles an expression of the query builder's `q` once, to be evaluated for many documents. Code `InvalidFilter` for
 * malformed ones, `EvalError` while evaluating.
 */
export function compileExpression(json: JSONValue, depth = 0): Expression {
  if (depth > MAX_NESTING) throw invalid(`it is nested deeper than ${MAX_NESTING}`);
  const [operator, operand] = operationOf(json);
  const compile = (inner: JSONValue): Expression => compileExpression(inner, depth + 1);
  if (operator === '$literal') return constant(operand);
  if (operator === '$field') return field(operand);
  if (operator === '$neg') return negation(compile(operand));
  if (operator === '$not') return logicalNot(compile(operand));
  if (operator === '$and' || operator === '$or') {
    if (!Array.isArray(operand)) throw invalid(`${operator} takes an array`);
    return connective(operand.map(compile), operator);
  }
  if (!Array.isArray(operand) || operand.length !== 2) throw invalid(`${operator} takes a pair`);
  const [left = null, right = null] = operand;
  return binary(operator, compile(left), compile(right));
}

function operationOf(json: JSONValue): [string, JSONValue] {
  const entries = isJsonObject(json) ? Object.entries(json) : [];
  const [operation] = entries;
  if (operation === undefined || entries.length !== 1) {
    throw invalid('an expression is an object with one key');
  }
  return operation;
}

function constant(operand: JSONValue): Expression {
  const value = isUndefinedMarker(operand) ? undefined : operand;
  return () => value;
}

function field(operand: JSONValue): Expression {
  if (typeof operand !== 'string') throw invalid('$field takes a field path');
  const path = operand.split('.');
  return (document) => fieldAt(document, path);
}

function negation(inner: Expression): Expression {
  return (document) => negate(inner(document));
}

function logicalNot(inner: Expression): Expression {
  return (document) => !booleanOf(inner(document), '$not');
}

function connective(operands: readonly Expression[], operator: '$and' | '$or'): Expression {
  const decisive = operator === '$or';
  return (document) => {
    for (const operand of operands) {
      if (booleanOf(operand(document), operator) === decisive) return decisive;
    }
    return !decisive;
  };
}

function binary(operator: string, left: Expression, right: Expression): Expression {
  const comparison = comparisons[operator];
  if (comparison !== undefined) {
    return (document) => comparison(compareJson(left(document), right(document)));
  }
  const name = arithmeticOperators[operator];
  if (name === undefined) throw invalid(`there is no operator ${operator}`);
  return (document) => arithmetic(name, left(document), right(document));
}

function booleanOf(value: OptionalJson, operator: string): boolean {
  if (typeof value === 'boolean') return value;
  throw new BackendError(400, 'EvalError', `The operands of ${operator} in a filter are booleans.`);
}

function invalid(reason: string): BackendError {
  return new BackendError(400, 'InvalidFilter', `Invalid filter expression: ${reason}.`);
}
