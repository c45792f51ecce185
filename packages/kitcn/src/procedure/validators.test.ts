import { zid, zodOutputToConvex, zodToConvex } from 'convex-helpers/server/zod4';
import type { GenericValidator } from 'convex/values';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { toArgsValidator, toReturnsValidator } from './validators.ts';

function argsOf(inputs: z.ZodType[]): GenericValidator | undefined {
  return toArgsValidator({ inputs, argsValidators: [] });
}

/** A validator as the deployment receives it. */
function toJson(validator: GenericValidator | undefined): unknown {
  return (validator as { json?: unknown } | undefined)?.json;
}

const DATE = {
  type: 'object',
  value: { __crpc_Date: { fieldType: { type: 'number' }, optional: false } },
};
const STRING = { type: 'string' };

describe('arguments', () => {
  test.each<[string, z.ZodType, unknown]>([
    ['a Date', z.date(), DATE],
    ['a Date in an array', z.array(z.date()), { type: 'array', value: DATE }],
    ['a Date or null', z.date().nullable(), { type: 'union', value: [DATE, { type: 'null' }] }],
    ['a Date before its transform', z.date().transform(Number), DATE],
    ['a coerced Date', z.coerce.date(), { type: 'any' }],
    [
      'a Set',
      z.set(z.date()),
      {
        type: 'object',
        value: {
          __crpc_Set: { fieldType: { type: 'array', value: { type: 'any' } }, optional: false },
        },
      },
    ],
    [
      'a Map',
      z.map(z.string(), z.date()),
      {
        type: 'object',
        value: {
          __crpc_Map: {
            fieldType: { type: 'array', value: { type: 'array', value: { type: 'any' } } },
            optional: false,
          },
        },
      },
    ],
    ['an object of a class', z.instanceof(URL), { type: 'any' }],
    ['an id', zid('user'), { type: 'id', tableName: 'user' }],
    [
      'a union with a Date',
      z.union([z.string(), z.date()]),
      { type: 'union', value: [STRING, DATE] },
    ],
    ['a lazy schema', z.lazy(() => z.string()), STRING],
    ['a loose object', z.looseObject({ a: z.string() }), { type: 'any' }],
    [
      'a record of Dates',
      z.record(z.string(), z.date()),
      { type: 'record', keys: STRING, values: { fieldType: DATE, optional: false } },
    ],
    [
      'a record that may lack keys',
      z.partialRecord(z.enum(['a', 'b']), z.number()),
      { type: 'any' },
    ],
    ['a record that may have more', z.looseRecord(z.enum(['a']), z.number()), { type: 'any' }],
    [
      'a field that looks like a tag',
      z.object({ __crpc_x: z.string() }),
      { type: 'object', value: { ___crpc_x: { fieldType: STRING, optional: false } } },
    ],
  ])('%s', (_, field, expected) => {
    expect(toJson(argsOf([z.object({ field })]))).toEqual({
      type: 'object',
      value: { field: { fieldType: expected, optional: false } },
    });
  });

  test('what may be left out', () => {
    const schema = z.object({
      a: z.date().optional(),
      b: z.string().default('x'),
      c: z.date().prefault(new Date(0)),
    });
    expect(toJson(argsOf([schema]))).toEqual({
      type: 'object',
      value: {
        a: { fieldType: DATE, optional: true },
        b: { fieldType: STRING, optional: true },
        c: { fieldType: DATE, optional: true },
      },
    });
  });

  test('several schemas, and none', () => {
    const merged = argsOf([z.object({ a: z.string() }), z.object({ b: z.date() })]);
    expect(toJson(merged)).toMatchObject({ value: { a: {}, b: { fieldType: DATE } } });
    expect(toJson(argsOf([]))).toEqual({ type: 'object', value: {} });
  });

  test('a schema that contains itself is any where it does', () => {
    const node = z.object({
      at: z.date(),
      get children() {
        return z.array(node);
      },
    });
    expect(toJson(argsOf([node]))).toMatchObject({
      value: { at: { fieldType: DATE }, children: { fieldType: { value: { type: 'any' } } } },
    });
  });

  test('what Convex cannot describe is left to the schema', () => {
    expect(argsOf([z.looseObject({ a: z.string() })])).toBeUndefined();
    expect(argsOf([z.record(z.string(), z.number())])).toBeUndefined();
  });
});

/** What is the same on the wire as in the hand. */
const SAME: [string, z.ZodType][] = [
  ['texts', z.object({ a: z.string(), b: z.email(), c: z.templateLiteral(['x', z.number()]) })],
  ['numbers', z.object({ a: z.number(), b: z.int().min(1), c: z.nan(), d: z.bigint() })],
  ['enums', z.object({ a: z.enum(['x', 'y']), b: z.enum({ A: 0, B: 1 }), c: z.literal(['x', 1]) })],
  ['whatever', z.object({ a: z.any(), b: z.unknown(), c: z.custom(), d: z.never(), e: z.null() })],
  ['what may be left out', z.object({ a: z.string().optional(), b: z.string().nullish() })],
  ['nullable and optional', z.object({ a: z.string().optional().nullable() })],
  ['what must be there', z.object({ a: z.nonoptional(z.string().optional()) })],
  [
    'defaults',
    z.object({ a: z.string().default('x'), b: z.object({ c: z.int().default(1) }).readonly() }),
  ],
  ['a catch', z.object({ a: z.string().catch('x') })],
  [
    'transforms',
    z.object({ a: z.string().transform(Number), b: z.preprocess(String, z.string()) }),
  ],
  [
    'pipes and codecs',
    z.object({
      a: z.string().pipe(z.coerce.number()),
      b: z.codec(z.string(), z.number(), { decode: Number, encode: String }),
    }),
  ],
  ['tuples', z.object({ a: z.tuple([z.string(), z.number()]), b: z.tuple([z.string()], z.int()) })],
  [
    'records',
    z.object({
      a: z.record(z.string(), z.int()),
      c: z.record(zid('user'), z.int()),
    }),
  ],
  [
    'records of known names',
    z.object({
      a: z.record(z.enum(['x', 'y']), z.int()),
      b: z.record(z.literal('x'), z.int().optional()),
    }),
  ],
  ['unions', z.object({ a: z.union([z.string(), z.object({ b: z.int() })]) })],
  [
    'a union of objects',
    z.discriminatedUnion('k', [z.object({ k: z.literal('a') }), z.object({ k: z.literal('b') })]),
  ],
  [
    'an intersection',
    z.object({ a: z.intersection(z.object({ b: z.int() }), z.object({ c: z.int() })) }),
  ],
  ['ids', z.object({ a: zid('user'), b: z.array(zid('user')), c: zid('user').nullable() })],
  ['a strict object', z.strictObject({ a: z.object({ b: z.string() }) })],
  ['a lazy schema', z.object({ a: z.lazy(() => z.string().default('x')) })],
];

describe('without anything of the wire’s own, what convex-helpers gives', () => {
  test.each(SAME)('%s', (_, schema) => {
    expect(toJson(argsOf([schema]))).toEqual(toJson(zodToConvex(schema)));
    const returns = toReturnsValidator({ output: schema, returnsValidator: undefined });
    expect(toJson(returns)).toEqual(toJson(zodOutputToConvex(schema)));
  });
});

describe('results', () => {
  test.each<[string, z.ZodType, unknown]>([
    ['a Date', z.date(), DATE],
    ['nothing', z.void(), { type: 'null' }],
    [
      'what a pipe ends in',
      z
        .string()
        .pipe(z.transform(() => new Date(0)))
        .pipe(z.date()),
      DATE,
    ],
    [
      'a default',
      z.object({ n: z.number().default(1) }),
      { type: 'object', value: { n: { fieldType: { type: 'number' }, optional: false } } },
    ],
    ['a prefault', z.date().prefault(new Date(0)), DATE],
    ['what a transform makes', z.date().transform(Number), { type: 'any' }],
  ])('%s', (_, schema, expected) => {
    expect(toJson(toReturnsValidator({ output: schema, returnsValidator: undefined }))).toEqual(
      expected,
    );
  });
});
