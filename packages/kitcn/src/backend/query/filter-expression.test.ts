import { convexToJson } from 'convex/values';
import { describe, expect, test } from 'vitest';
import { compileExpression } from './filter-expression.ts';
import type { DocumentJson } from '../transaction/transaction.ts';
import type { JSONValue, Value } from 'convex/values';

const document: DocumentJson = {
  _id: 'id',
  _creationTime: 1,
  n: 5,
  big: convexToJson(7n),
  text: 'b',
  flag: true,
  nothing: null,
  inner: { list: [1], name: 'x' },
};

const field = (path: string): JSONValue => ({ $field: path });
const literal = (value: Value): JSONValue => ({ $literal: convexToJson(value) });
const missing: JSONValue = { $literal: { $undefined: null } };
const evaluate = (expression: JSONValue) => compileExpression(expression)(document);

const results: [string, JSONValue, JSONValue | undefined][] = [
  ['literal', literal('x'), 'x'],
  ['missing literal', missing, undefined],
  ['field', field('n'), 5],
  ['nested field', field('inner.name'), 'x'],
  ['missing field', field('inner.other.deeper'), undefined],
  ['field inside an integer', field('big.$integer'), undefined],
  ['inherited name', field('constructor'), undefined],
  ['eq', { $eq: [field('n'), literal(5)] }, true],
  ['eq of other types', { $eq: [field('n'), literal(5n)] }, false],
  ['eq of missing and null', { $eq: [field('other'), literal(null)] }, false],
  ['eq of missing', { $eq: [field('other'), missing] }, true],
  ['eq of arrays', { $eq: [field('inner.list'), literal([1])] }, true],
  ['eq of NaN', { $eq: [literal(NaN), literal(NaN)] }, true],
  ['0 is not -0', { $eq: [literal(0), literal(-0)] }, false],
  ['neq', { $neq: [field('text'), literal('a')] }, true],
  ['lt', { $lt: [field('n'), literal(6)] }, true],
  ['lte', { $lte: [field('n'), literal(5)] }, true],
  ['gt', { $gt: [field('text'), literal('a')] }, true],
  ['gte', { $gte: [field('text'), literal('c')] }, false],
  ['every int64 is below every float64', { $lt: [literal(10n), literal(-10)] }, true],
  ['missing is below null', { $lt: [field('other'), field('nothing')] }, true],
  ['add', { $add: [field('n'), literal(1.5)] }, 6.5],
  ['sub', { $sub: [literal(7n), field('big')] }, convexToJson(0n)],
  ['mul', { $mul: [field('big'), literal(-2n)] }, convexToJson(-14n)],
  ['div of floats', { $div: [literal(1), literal(0)] }, convexToJson(Infinity)],
  ['div of integers', { $div: [literal(-7n), literal(2n)] }, convexToJson(-3n)],
  ['mod', { $mod: [field('n'), literal(3)] }, 2],
  ['neg', { $neg: literal(0) }, convexToJson(-0)],
  ['neg of an integer', { $neg: field('big') }, convexToJson(-7n)],
  ['not', { $not: field('flag') }, false],
  ['and', { $and: [field('flag'), literal(false)] }, false],
  ['empty and', { $and: [] }, true],
  ['or', { $or: [literal(false), field('flag')] }, true],
  ['empty or', { $or: [] }, false],
  ['or stops early', { $or: [field('flag'), field('n')] }, true],
];

const MAX = 2n ** 63n - 1n;

const failures: [string, JSONValue][] = [
  ['mixed numbers', { $add: [literal(1n), literal(1)] }],
  ['text', { $add: [literal('a'), literal('b')] }],
  ['missing operand', { $mul: [field('other'), literal(1)] }],
  ['overflow', { $add: [literal(MAX), literal(1n)] }],
  ['overflow of neg', { $neg: literal(-MAX - 1n) }],
  ['division by zero', { $div: [literal(1n), literal(0n)] }],
  ['remainder by zero', { $mod: [literal(1n), literal(0n)] }],
  ['not of a number', { $not: field('n') }],
  ['and of a number', { $and: [field('n')] }],
  ['or of null', { $or: [literal(null)] }],
];

describe('filter expressions', () => {
  test.each(results)('%s', (_, expression, expected) => {
    expect(evaluate(expression)).toEqual(expected);
  });

  test.each(failures)('%s cannot be evaluated', (_, expression) => {
    expect(() => evaluate(expression)).toThrow(expect.objectContaining({ code: 'EvalError' }));
  });

  test.each<JSONValue>([
    null,
    5,
    {},
    { $eq: [] },
    { $eq: [literal(1)] },
    { $and: literal(true) },
    { $field: 1 },
    { $pow: [literal(1), literal(2)] },
    { $toString: [literal(1), literal(2)] },
    { $eq: [literal(1), literal(1)], $neq: [] },
  ])('%j is no expression', (expression) => {
    expect(() => evaluate(expression)).toThrow(expect.objectContaining({ code: 'InvalidFilter' }));
  });
});
