import { convexToJson } from 'convex/values';
import { expect, test } from 'vitest';
import { createFullCodec } from './full-codec.fixture.ts';

const { input: codec } = createFullCodec();

function encodeInTwoSteps(value: unknown): string {
  return JSON.stringify(convexToJson(codec.encode(value)));
}

test('rows with more, fewer and other fields than the rows before', () => {
  const rows: readonly Record<string, unknown>[] = [
    { z: 1, b: new Date(2), a: 'a' },
    { z: 1, a: 'a' },
    { z: 1, b: 2, d: 4, a: 'a', c: null },
    { z: 1, a: undefined, c: 3 },
    { z: 1, toString: 'a field', constructor: 'too' },
    { z: 1, a: 'a' },
    { z: 1, 7: 'first', a: 'a', __crpc_Date: 'a look-alike' },
    { z: 1, b: 1n, a: -0 },
  ];
  expect(codec.toText(rows)).toBe(encodeInTwoSteps(rows));
});

test('a row inside one that begins with the same names', () => {
  const inner = { z: 1, b: 2, a: 3 };
  const around = { z: 1, b: inner, c: inner };
  const rows = [around, { z: 1, b: around, a: inner }, around, inner];
  expect(codec.toText(rows)).toBe(encodeInTwoSteps(rows));
});

test('records whose names are data', () => {
  const records = Array.from({ length: 2_000 }, (_, index) => ({ z: 0, [`k${index}`]: 1, a: 1 }));
  expect(codec.toText(records)).toBe(encodeInTwoSteps(records));
});

test.each([20, 100, 101, 500])('rows of %i fields', (count) => {
  const names = Array.from({ length: count }, (_, index) => `field${index}`);
  const rows = Array.from({ length: 5 }, (_, row) =>
    Object.fromEntries(names.map((name, index) => [name, index % 3 === 0 ? `${row}` : index])),
  );
  expect(codec.toText(rows)).toBe(encodeInTwoSteps(rows));
});
