import { convexToJson, getConvexSize } from 'convex/values';
import { describe, expect, test } from 'vitest';
import { assertDocumentLimits, isIdentifier, measureValue } from './value-limits.ts';
import type { JsonObject } from './value-kind.ts';
import type { JSONValue, Value } from 'convex/values';

function nested(levels: number): JSONValue {
  return levels === 0 ? 1 : { a: nested(levels - 1) };
}

const fields = (count: number): JsonObject =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`f${index}`, 1]));

const allowed: [string, JsonObject][] = [
  ['nothing', {}],
  ['16 levels', { a: nested(15) }],
  ['1024 fields', fields(1024)],
  ['8192 elements', { a: Array<number>(8192).fill(1) }],
  ['a nested name with spaces', { a: { 'x y': 1, _z: 2 } }],
  ['a megabyte', { a: 'x'.repeat(1024 * 1024 - 10) }],
];

const refused: [string, JsonObject, code: string][] = [
  ['17 levels', { a: nested(16) }, 'ValueTooNested'],
  ['1025 fields', fields(1025), 'ValueTooLarge'],
  ['8193 elements', { a: Array<number>(8193).fill(1) }, 'ValueTooLarge'],
  ['more than a megabyte', { a: 'x'.repeat(1024 * 1024) }, 'ValueTooLarge'],
  ['a system-like name', { _a: 1 }, 'InvalidFieldName'],
  ['__proto__', JSON.parse('{"__proto__":{"a":1}}'), 'InvalidFieldName'],
  ['a name with a dash', { 'a-b': 1 }, 'InvalidFieldName'],
  ['a long top-level name', { ['a'.repeat(65)]: 1 }, 'InvalidFieldName'],
  ['a nested name with $', { a: { $b: 1 } }, 'InvalidFieldName'],
  ['a nested empty name', { a: { '': 1 } }, 'InvalidFieldName'],
  ['a nested name that is not ASCII', { a: { é: 1 } }, 'InvalidFieldName'],
  ['a long nested name', { a: { ['b'.repeat(1025)]: 1 } }, 'InvalidFieldName'],
  ['a malformed integer', { a: { $integer: 'AAAA' } }, 'MalformedValue'],
  ['malformed bytes', { a: { $bytes: '!!' } }, 'MalformedValue'],
  ['malformed float', { a: { $float: 1 } }, 'MalformedValue'],
  ['a commit timestamp', { a: { $commitTs: null } }, 'UnresolvedCommitTs'],
];

describe('assertDocumentLimits', () => {
  test.each(allowed)('allows %s', (_, document) => {
    assertDocumentLimits(document);
  });

  test.each(refused)('refuses %s', (_, document, code) => {
    expect(() => assertDocumentLimits(document)).toThrow(expect.objectContaining({ code }));
  });
});

test.each<[string, Value]>([
  ['primitives', [null, true, 1, 1n, NaN]],
  ['strings', ['', 'abc', 'é', '\u{1f600}']],
  ['bytes', new ArrayBuffer(7)],
  ['objects', { a: { b: [1, 'x'] }, 'c d': new ArrayBuffer(0) }],
])('measureValue counts %s as Convex does', (_, value) => {
  expect(measureValue(convexToJson(value), 64)).toBe(getConvexSize(value));
});

test('very deep values are refused without a stack overflow', () => {
  const deep = JSON.parse('['.repeat(5000) + ']'.repeat(5000));
  expect(() => measureValue(deep, 64)).toThrow(expect.objectContaining({ code: 'ValueTooNested' }));
});

test.each(['a', 'A1', 'a_b', 'a'.repeat(64)])('%s is an identifier', (name) => {
  expect(isIdentifier(name)).toBe(true);
});

test.each(['', '_a', '1a', 'a-b', 'a.b', 'é', 'a\n', 'a'.repeat(65)])('%j is not', (name) => {
  expect(isIdentifier(name)).toBe(false);
});
