import { expect, test } from 'vitest';
import { SeededRandom } from './seeded-random.ts';

const seed = new Uint8Array(32).fill(7);

test('the same seed gives the same numbers', () => {
  const draw = (random: SeededRandom) => {
    const bytes = new Uint8Array(2_000);
    random.fill(bytes);
    return [random.next(), [...bytes], random.next()];
  };
  expect(draw(new SeededRandom(seed))).toEqual(draw(new SeededRandom(seed)));
  expect(draw(new SeededRandom())).not.toEqual(draw(new SeededRandom()));
});

test('numbers are spread over [0, 1), bytes over all values', () => {
  const random = new SeededRandom(seed);
  const numbers = Array.from({ length: 10_000 }, () => random.next());
  expect(numbers.every((number) => number >= 0 && number < 1)).toBe(true);
  expect(numbers.reduce((sum, number) => sum + number, 0) / numbers.length).toBeCloseTo(0.5, 1);
  const bytes = new Uint8Array(20_000);
  random.fill(bytes);
  expect(new Set(bytes).size).toBe(256);
});
