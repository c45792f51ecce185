import { describe, expect, test } from 'vitest';
import { encodeKeyPart } from '../values/key-part.ts';
import { resolveIndexRange } from './index-range.ts';
import type { RangeExpression } from '../transaction/transaction.ts';
import type { JSONValue } from 'convex/values';

const target = { indexName: 'messages.by_a_b', fields: ['a', 'b', '_creationTime'] };

type Condition = [type: RangeExpression['type'], fieldPath: string, value: JSONValue];

const resolve = (...range: Condition[]) =>
  resolveIndexRange(
    range.map(([type, fieldPath, value]) => ({ type, fieldPath, value })),
    target,
  );

/** Keys of documents with these values of `a` and `b`. */
const key = (...parts: (JSONValue | undefined)[]): Buffer =>
  Buffer.concat([...parts.map(encodeKeyPart), encodeKeyPart(1700), encodeKeyPart('id')]);

const missing = { $undefined: null };

const ranges: [string, Condition[], inside: Buffer[], outside: Buffer[]][] = [
  ['everything', [], [key(undefined, undefined), key({ z: 1 }, {})], []],
  ['eq', [['Eq', 'a', 1]], [key(1, null), key(1, 'x')], [key(2, 1), key(0, 1), key('1', 1)]],
  [
    'eq of text with no zero byte',
    [['Eq', 'a', 'x']],
    [key('x', 1)],
    [key('x\0', 1), key('x\0y', 1), key('xa', 1)],
  ],
  ['eq missing', [['Eq', 'a', missing]], [key(undefined, 1)], [key(null, 1)]],
  ['eq null', [['Eq', 'a', null]], [key(null, 1)], [key(undefined, 1)]],
  [
    'gt',
    [['Gt', 'a', 1]],
    [key(1.5, 1), key(true, 1), key('', 1)],
    [key(1, 1), key(1, {}), key(null, 1)],
  ],
  ['gte', [['Gte', 'a', 1]], [key(1, undefined)], [key(0.5, 1)]],
  ['lt', [['Lt', 'a', 1]], [key(0.5, {}), key(undefined, 1)], [key(1, undefined), key(2, 1)]],
  ['lte', [['Lte', 'a', 1]], [key(1, {}), key(0, 1)], [key(1.0000001, undefined)]],
  [
    'lt after eq',
    [
      ['Eq', 'a', 'x'],
      ['Lt', 'b', 5],
    ],
    [key('x', 4), key('x', undefined)],
    [key('x', 5), key('w', 4), key('y', 4)],
  ],
  ['gt missing', [['Gt', 'a', missing]], [key(null, 1)], [key(undefined, 1)]],
  [
    'gt and lt',
    [
      ['Gt', 'a', 1],
      ['Lt', 'a', 3],
    ],
    [key(2, 1)],
    [key(1, 1), key(3, 1)],
  ],
  [
    'lte before gte',
    [
      ['Lte', 'a', 3],
      ['Gte', 'a', 3],
    ],
    [key(3, 1)],
    [key(2, 1), key(4, 1)],
  ],
  [
    'nothing',
    [
      ['Gt', 'a', 3],
      ['Lt', 'a', 1],
    ],
    [],
    [key(2, 1), key(1, 1), key(3, 1)],
  ],
  [
    'lower bound only, after eq',
    [
      ['Eq', 'a', 1],
      ['Gt', 'b', 1],
    ],
    [key(1, 2)],
    [key(1, 1), key(2, 0)],
  ],
  [
    'a bound on the tie-breaker',
    [
      ['Eq', 'a', 1],
      ['Eq', 'b', 1],
      ['Gt', '_creationTime', 1600],
    ],
    [key(1, 1)],
    [key(1, 2)],
  ],
];

describe('resolveIndexRange', () => {
  test.each(ranges)('%s', (_, conditions, inside, outside) => {
    const { start, end } = resolve(...conditions);
    const isIn = (position: Buffer): boolean =>
      Buffer.compare(position, start) >= 0 && Buffer.compare(position, end) < 0;
    expect(inside.map(isIn)).toEqual(inside.map(() => true));
    expect(outside.map(isIn)).toEqual(outside.map(() => false));
  });

  test.each<[string, Condition[], code: string]>([
    ['a field that is not there', [['Eq', 'c', 1]], 'FieldNotInIndex'],
    ['the id', [['Eq', '_id', 1]], 'FieldNotInIndex'],
    [
      'a second equality',
      [
        ['Eq', 'a', 1],
        ['Eq', 'a', 1],
      ],
      'AlreadyDefinedBound',
    ],
    [
      'two lower bounds',
      [
        ['Gt', 'a', 1],
        ['Gte', 'a', 2],
      ],
      'AlreadyDefinedBound',
    ],
    [
      'two upper bounds',
      [
        ['Lt', 'a', 1],
        ['Lte', 'a', 2],
      ],
      'AlreadyDefinedBound',
    ],
    [
      'bounds on two fields',
      [
        ['Gt', 'a', 1],
        ['Lt', 'b', 2],
      ],
      'BoundsOnMultipleFields',
    ],
    [
      'lower bounds on two fields',
      [
        ['Gt', 'a', 1],
        ['Gt', 'b', 2],
      ],
      'BoundsOnMultipleFields',
    ],
    ['an equality out of order', [['Eq', 'b', 1]], 'InvalidIndexRange'],
    ['a bound out of order', [['Gt', 'b', 1]], 'InvalidIndexRange'],
    [
      'a bound on an equal field',
      [
        ['Eq', 'a', 1],
        ['Gt', 'a', 0],
      ],
      'InvalidIndexRange',
    ],
    [
      'an equality after a bound',
      [
        ['Gt', 'a', 1],
        ['Eq', 'a', 1],
      ],
      'InvalidIndexRange',
    ],
  ])('refuses %s', (_, conditions, code) => {
    expect(() => resolve(...conditions)).toThrow(expect.objectContaining({ code, status: 400 }));
  });
});
