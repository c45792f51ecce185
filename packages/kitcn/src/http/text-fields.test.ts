import { v } from 'convex/values';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import type { Schema } from '../procedure/schema.ts';
import { createFieldReader } from './text-fields.ts';

const read = (schema: Schema, query: string): unknown =>
  createFieldReader(schema)(new URLSearchParams(query));

describe('a text is read as what its schema asks for', () => {
  test.each<[string, Schema, string, unknown]>([
    ['a number', z.object({ a: z.number().min(1).optional() }), '-1.5e3', -1500],
    ['a whole number', z.object({ a: z.int().default(1) }), '7', 7],
    ['no number', z.object({ a: z.number() }), '0x10', '0x10'],
    ['nothing where a number is due', z.object({ a: z.number() }), '', ''],
    ['a boolean', z.object({ a: z.boolean() }), 'false', false],
    ['no boolean', z.object({ a: z.boolean() }), '1', '1'],
    ['a bigint', z.object({ a: z.bigint() }), '9007199254740993', 9007199254740993n],
    ['a Date', z.object({ a: z.date() }), '2026-01-02T03:04:05.006Z', new Date(1767323045006)],
    ['no Date', z.object({ a: z.date() }), '2026-99-99', '2026-99-99'],
    ['a text that looks like a number', z.object({ a: z.string() }), '1', '1'],
    ['a number or a text', z.object({ a: z.union([z.number(), z.string()]) }), '1', '1'],
    ['a number or a word', z.object({ a: z.union([z.literal('all'), z.number()]) }), '1', 1],
    ['a word of those', z.object({ a: z.union([z.literal('all'), z.number()]) }), 'all', 'all'],
    ['one of some numbers', z.object({ a: z.literal([1, 2]) }), '2', 2],
    ['null', z.object({ a: z.number().nullable() }), 'null', null],
    ['a schema that coerces', z.object({ a: z.coerce.number() }), '1', '1'],
    ['a transform', z.object({ a: z.number().transform(String) }).readonly(), '1', 1],
    ['one of a list', z.object({ a: z.array(z.number()) }), '1', [1]],
    ['a validator’s number', v.object({ a: v.optional(v.number()) }), '1', 1],
    ['a validator’s int64', v.object({ a: v.int64() }), '1', 1n],
    ['a validator’s list', v.object({ a: v.array(v.boolean()) }), 'true', [true]],
    ['a validator’s union', v.object({ a: v.union(v.null(), v.literal(3)) }), '3', 3],
    ['a validator’s id', v.object({ a: v.id('users') }), '1', '1'],
  ])('%s', (_, schema, text, expected) => {
    const query = String(new URLSearchParams({ a: text }));
    expect(read(schema, query)).toStrictEqual({ a: expected });
  });
});

test('a name that comes several times is an array, whatever the schema', () => {
  const schema = z.object({ list: z.array(z.number()), one: z.string() });
  expect(read(schema, 'list=1&one=a&list=2&one=b')).toEqual({ list: [1, 2], one: ['a', 'b'] });
});

test('names that the schema does not have are left as text, __proto__ too', () => {
  const fields = read(z.object({}), '__proto__=1&constructor=2');
  expect(Object.entries(fields as object)).toEqual([
    ['__proto__', '1'],
    ['constructor', '2'],
  ]);
});

test('the fields of other libraries’ schemas are texts', () => {
  const schema: Schema = {
    '~standard': { version: 1, vendor: 'test', validate: (value) => ({ value }) },
  };
  expect(read(schema, 'a=1&b=x&b=y')).toEqual({ a: '1', b: ['x', 'y'] });
});
