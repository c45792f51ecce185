import { inspect } from 'node:util';
import { parse } from 'convex-helpers/validators';
import { v } from 'convex/values';
import type { GenericValidator, Validator } from 'convex/values';
import { describe, expect, test } from 'vitest';
import { fitValidator } from './fit-validator.ts';

const SECRET = 'hunter2';

/** What convex-helpers makes of the value, which walks it the same way. */
function peer(validator: GenericValidator, value: unknown): { value: unknown } | 'misfit' {
  try {
    return { value: parse(validator as Validator<unknown>, value) };
  } catch {
    return 'misfit';
  }
}

const post = v.object({ kind: v.literal('post'), title: v.string(), at: v.optional(v.number()) });
const page = v.object({ kind: v.literal('page'), body: v.optional(v.array(v.string())) });

const VALIDATORS: [string, GenericValidator][] = [
  ['string', v.string()],
  ['number', v.number()],
  ['int64', v.int64()],
  ['boolean', v.boolean()],
  ['null', v.null()],
  ['any', v.any()],
  ['bytes', v.bytes()],
  ['id', v.id('user')],
  ['literal', v.literal('post')],
  ['an optional string', v.optional(v.string())],
  ['array', v.array(v.number())],
  ['array of unions', v.array(v.union(v.string(), v.null()))],
  ['record', v.record(v.string(), v.number())],
  ['record of objects', v.record(v.id('user'), v.object({ n: v.optional(v.number()) }))],
  ['object', post],
  ['nested', v.object({ post: v.optional(post), pages: v.optional(v.array(page)) })],
  ['union of objects', v.union(post, page)],
  ['union that overlaps', v.union(v.object({ a: v.string() }), v.object({ b: v.string() }))],
  ['union in a union', v.union(v.union(post, v.null()), v.union(page, v.number()))],
  ['empty union', v.union()],
  ['empty object', v.object({})],
];

const VALUES: unknown[] = [
  undefined,
  null,
  true,
  1,
  Number.NaN,
  5n,
  'post',
  '',
  new ArrayBuffer(2),
  [],
  [1, 2],
  [1, 'x'],
  ['a', null],
  {},
  { a: 1 },
  { a: 1, b: undefined },
  { a: 'x', b: 'y' },
  { a: 1, b: 'y', c: 2 },
  { b: 'y', c: 2 },
  { kind: 'post', title: 'x' },
  { kind: 'post', title: 'x', at: 1, more: [1] },
  { kind: 'post', title: 1 },
  { kind: 'post', title: 'x', at: undefined },
  { kind: 'page', body: ['x'], title: 'x' },
  { kind: 'page', body: ['x', 1] },
  { user: { n: 1, m: 2 }, other: {} },
  { post: { kind: 'post', title: 'x', more: 1 }, pages: [{ kind: 'page', more: 1 }] },
  { pages: [{ kind: 'page' }, { kind: 'post' }] },
  new Map(),
  Object.assign(Object.create(null), { a: 'x' }),
];

/** What convex-helpers takes for a record, though Convex does not. */
const NO_RECORDS: readonly unknown[] = VALUES.filter(
  (value) => Array.isArray(value) || value instanceof Map || value instanceof ArrayBuffer,
);

describe('takes what convex-helpers takes, and leaves the same of it', () => {
  test.each(VALIDATORS)('%s', (_, validator) => {
    for (const value of VALUES) {
      const { value: fitted, issues } = fitValidator(validator, value);
      const own = issues.length === 0 ? { value: fitted } : 'misfit';
      const isRefused = validator.kind === 'record' && NO_RECORDS.includes(value);
      const expected = isRefused ? 'misfit' : peer(validator, value);
      expect(own, inspect(value)).toEqual(expected);
    }
  });
});

describe('what is wrong', () => {
  test.each<[string, GenericValidator, unknown, [string, string][]]>([
    ['at the root', v.string(), 1, [['', 'expected string, received number']]],
    ['null', v.number(), null, [['', 'expected number, received null']]],
    [
      'in every field',
      v.object({ a: v.string(), b: v.array(v.int64()) }),
      { b: [1n, 2, '3'] },
      [
        ['a', 'expected string, received undefined'],
        ['b.1', 'expected bigint, received number'],
        ['b.2', 'expected bigint, received string'],
      ],
    ],
    ['a literal', v.literal('x'), SECRET, [['', 'expected x, received string']]],
    [
      'in no member of a union',
      v.object({ a: v.union(v.string(), v.literal(1), v.null()) }),
      { a: true },
      [['a', 'expected string | 1 | null, received boolean']],
    ],
    [
      'in the member of a union that is closest',
      v.object({ posts: v.array(v.union(post, page)) }),
      { posts: [{ kind: 'page', body: [SECRET, 2] }] },
      [['posts.0.body.1', 'expected string, received number']],
    ],
    [
      'in a record',
      v.record(v.string(), v.number()),
      { a: 1, b: [] },
      [['b', 'expected number, received array']],
    ],
    [
      'a record that is none',
      v.record(v.string(), v.any()),
      [1],
      [['', 'expected record, received array']],
    ],
    ['an object of a class', v.object({}), new Date(), [['', 'expected object, received object']]],
  ])('%s', (_, validator, value, expected) => {
    const { issues } = fitValidator(validator, value);
    expect(issues.map(({ path, message }) => [path.join('.'), message])).toEqual(
      expected.map(([path, message]) => [path, `Invalid input: ${message}`]),
    );
    expect(issues.every(({ code }) => code === 'invalid_type')).toBe(true);
    expect(JSON.stringify(issues)).not.toContain(SECRET);
  });
});

test('what an object inherits is no field of it', () => {
  const validator = v.object({ constructor: v.optional(v.string()) });
  expect(fitValidator(validator, {})).toEqual({ value: {}, issues: [] });
  expect(fitValidator(v.object({}), { constructor: 'x' }).value).toStrictEqual({});
});
