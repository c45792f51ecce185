import { expect, test } from 'vitest';
import { splitBatch } from './split-batch.ts';

const LIMIT = 16 * 1024 * 1024;
const byteLength = (text: string): number => Buffer.byteLength(text);

test('what fits travels together, in order', () => {
  expect(splitBatch(['{"path":"a"}', '{"path":"b"}'])).toEqual([
    { start: 0, end: 2, body: '{"queries":[{"path":"a"},{"path":"b"}]}' },
  ]);
  expect(splitBatch([])).toEqual([]);
});

test.each([
  [100, [100]],
  [101, [100, 1]],
  [250, [100, 100, 50]],
])('%d queries in batches of %j', (count, sizes) => {
  const batches = splitBatch(Array.from({ length: count }, (_, index) => String(index)));
  expect(batches.map(({ start, end }) => end - start)).toEqual(sizes);
  expect(
    batches.flatMap(({ body }) => (JSON.parse(body) as { queries: number[] }).queries),
  ).toEqual(Array.from({ length: count }, (_, index) => index));
});

test.each([
  ['one byte a letter', 'x', 6 * 1024 * 1024, [2, 2, 1]],
  ['three bytes a letter', '€', 2 * 1024 * 1024, [2, 2, 1]],
  ['too large by itself', 'x', 17 * 1024 * 1024, [1, 1, 1, 1, 1]],
])('no batch is over 16 MiB: %s', (_name, letter, length, sizes) => {
  const queries = Array.from({ length: 5 }, () => JSON.stringify(letter.repeat(length)));
  const batches = splitBatch(queries);
  expect(batches.map(({ start, end }) => end - start)).toEqual(sizes);
  for (const { body, start, end } of batches) {
    expect(end - start === 1 || byteLength(body) <= LIMIT + 2000).toBe(true);
  }
});
