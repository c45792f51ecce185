import { convexToJson, v } from 'convex/values';
import { describe, expect, test } from 'vitest';
import { createInternalId, encodeDocumentId } from './document-id.ts';
import { parseValidator } from './validator.ts';
import { validateValue } from './validate-value.ts';
import type { GenericValidator, JSONValue, Value } from 'convex/values';

const numbers: Record<string, number> = { users: 10_001, teams: 10_002, _storage: 2 };
const context = { tableNumberOf: (table: string) => numbers[table] ?? null };

const idOf = (tableNumber: number): string =>
  encodeDocumentId({ tableNumber, internalId: createInternalId(0) });

/** The JSON of a validator is what `schema.export()` and `exportArgs()` hold. */
function parsed(validator: GenericValidator) {
  return parseValidator((validator as unknown as { json: JSONValue }).json);
}

function check(validator: GenericValidator, value: Value) {
  return validateValue(parsed(validator), convexToJson(value), context);
}

const user = v.object({ name: v.string(), age: v.optional(v.number()) });

const valid: [string, GenericValidator, Value][] = [
  ['null', v.null(), null],
  ['float64', v.float64(), 1.5],
  ['special float64', v.number(), NaN],
  ['int64', v.int64(), 5n],
  ['boolean', v.boolean(), false],
  ['string', v.string(), ''],
  ['bytes', v.bytes(), new ArrayBuffer(2)],
  ['any', v.any(), { deep: [1n, null] }],
  ['literal', v.literal('a'), 'a'],
  ['int64 literal', v.literal(3n), 3n],
  ['id', v.id('users'), idOf(10_001)],
  ['id of a system table', v.id('_storage'), idOf(2)],
  ['id of a table that does not exist', v.id('nowhere'), idOf(77_777)],
  ['empty array', v.array(v.string()), []],
  ['object', user, { name: 'a', age: 1 }],
  ['object without its optional field', user, { name: 'a' }],
  ['record', v.record(v.string(), v.number()), { a: 1, b: 2 }],
  ['record of ids', v.record(v.id('users'), v.boolean()), { [idOf(10_001)]: true }],
  ['union', v.union(v.string(), user), { name: 'x' }],
  ['nullable', v.nullable(v.string()), null],
  [
    'a field that is called constructor',
    v.object({ constructor: v.string() }),
    { constructor: 'x' } as unknown as Value,
  ],
];

const invalid: [string, GenericValidator, Value, path: string][] = [
  ['null', v.null(), 0, ''],
  ['int64 for float64', v.number(), 1n, ''],
  ['float64 for int64', v.int64(), 1, ''],
  ['another literal', v.literal('a'), 'b', ''],
  ['float64 for an int64 literal', v.literal(3n), 3, ''],
  ['text for an id', v.id('users'), 'nope', ''],
  ['an id of another table', v.id('users'), idOf(10_002), ''],
  ['an element', v.array(v.string()), ['a', 1], '[1]'],
  ['a missing field', user, { age: 1 }, ''],
  ['null for an optional field', user, { name: 'a', age: null }, '.age'],
  ['an extra field', user, { name: 'a', other: 1 }, ''],
  ['an inherited name as extra field', v.object({}), { toString: 'x' } as unknown as Value, ''],
  ['a missing field with an inherited name', v.object({ toString: v.string() }), {}, ''],
  ['an array for an object', user, [], ''],
  ['bytes for an object', v.object({}), new ArrayBuffer(1), ''],
  ['int64 for a record', v.record(v.string(), v.string()), 1n, ''],
  ['a record value', v.record(v.string(), v.number()), { a: '1' }, '.a'],
  ['no member of a union', v.union(v.string(), v.null()), 1, ''],
  [
    'a deep one',
    v.object({ users: v.array(user) }),
    { users: [{ name: 'a' }, { name: 1 }] },
    '.users[1].name',
  ],
];

describe('validateValue', () => {
  test.each(valid)('accepts %s', (_, validator, value) => {
    expect(check(validator, value)).toBeNull();
  });

  test.each(invalid)('refuses %s', (_, validator, value, path) => {
    const failure = check(validator, value) ?? 'valid';
    expect(failure).not.toBe('valid');
    expect(/^Path: (.+)$/m.exec(failure)?.[1] ?? '').toBe(path);
  });

  test('`__proto__` in JSON is an extra field', () => {
    const failure = validateValue(
      parsed(v.object({})),
      JSON.parse('{"__proto__":{"a":1}}'),
      context,
    );
    expect(failure).toContain('extra field `__proto__`');
  });

  test('says where, what and why', () => {
    const failure = check(v.object({ users: v.array(user), at: v.optional(v.int64()) }), {
      users: [{ name: 1 }],
      at: 2n,
    });
    expect(failure).toMatchInlineSnapshot(`
      "Value does not match validator.
      Path: .users[0].name
      Value: 1.0
      Validator: v.string()"
    `);
  });

  test('shows objects as they are written in code', () => {
    expect(check(user, { 'first name': 1n, tags: ['a'] } as Value)).toMatchInlineSnapshot(`
      "Object is missing the required field \`name\`. Consider wrapping the field validator in \`v.optional(...)\` if this is expected.
      Value: {"first name": 1n, tags: ["a"]}
      Validator: v.object({name: v.string(), age: v.optional(v.float64())})"
    `);
  });

  test('survives very deep values', () => {
    const deep = JSON.parse('['.repeat(50_000) + ']'.repeat(50_000));
    for (const validator of [v.literal('a'), v.string(), v.array(v.string()), v.object({})]) {
      expect(validateValue(parsed(validator), deep, context)).toContain('[[[');
    }
  });

  test('cuts long values', () => {
    const message = check(v.null(), 'x'.repeat(100_000)) ?? '';
    expect(message.length).toBeLessThan(1200);
  });
});

test.each([
  null,
  1,
  'string',
  {},
  { type: 'map' },
  { type: 'array' },
  { type: 'object', value: [] },
  { type: 'union', value: {} },
  { type: 'id' },
  { type: 'literal' },
])('parseValidator refuses %j', (json) => {
  expect(() => parseValidator(json)).toThrow(expect.objectContaining({ code: 'InvalidValidator' }));
});
