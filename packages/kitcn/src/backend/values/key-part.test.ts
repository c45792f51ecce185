import { compareValues, convexToJson } from 'convex/values';
import { describe, expect, test } from 'vitest';
import { encodeKeyPart } from './key-part.ts';
import { compareJson } from './value-order.ts';
import type { Value } from 'convex/values';

const bytes = (...content: number[]): ArrayBuffer => Uint8Array.from(content).buffer;

const vectors: [label: string, value: Value | undefined, hex: string][] = [
  ['undefined', undefined, '01'],
  ['null', null, '03'],
  ['0n', 0n, '08'],
  ['1n', 1n, '0901'],
  ['-1n', -1n, '07ff'],
  ['127n', 127n, '097f'],
  ['128n', 128n, '0a0080'],
  ['-128n', -128n, '0780'],
  ['-129n', -129n, '06ff7f'],
  ['2^31', 2n ** 31n, '0c0000000080000000'],
  ['-2^63', -(2n ** 63n), '048000000000000000'],
  ['1.5', 1.5, '0dbff8000000000000'],
  ['-0', -0, '0d7fffffffffffffff'],
  ['0', 0, '0d8000000000000000'],
  ['-1', -1, '0d400fffffffffffff'],
  ['false', false, '0e'],
  ['true', true, '0f'],
  ['"a"', 'a', '106100'],
  ['""', '', '1000'],
  ['a zero byte in a string', 'a\0b', '106100ff6200'],
  ['bytes', bytes(0, 1), '1100ff0100'],
  ['[]', [], '1200'],
  ['[1n]', [1n], '12090100'],
  ['{}', {}, '1500'],
  ['{a: null}', { a: null }, '1561000300'],
];

function encode(value: Value | undefined): Buffer {
  return encodeKeyPart(value === undefined ? undefined : convexToJson(value));
}

describe('encodeKeyPart', () => {
  test.each(vectors)('%s', (_, value, hex) => {
    expect(encode(value).toString('hex')).toBe(hex);
  });

  test('a plain -0 of JSON is 0, as it is stored', () => {
    expect(encodeKeyPart(JSON.parse('-0'))).toEqual(encodeKeyPart(0));
  });
});

const INTERESTING: (Value | undefined)[] = [
  ...vectors.map(([, value]) => value),
  NaN,
  Infinity,
  -Infinity,
  Number.MIN_VALUE,
  -Number.MIN_VALUE,
  Number.MAX_VALUE,
  'b',
  'aa',
  'é',
  '\u{1f600}',
  '\uffff',
  [1, 1n],
  [[]],
  [null, null],
  { a: 1, b: 2 },
  { a: 1 },
  { ab: 1 },
  { b: 0 },
  bytes(),
  bytes(255),
];

/** Numbers from 0 up to 1 that are the same for the same seed (mulberry32). */
function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

function randomValue(random: () => number, depth: number): Value {
  const integer = (below: number): number => Math.floor(random() * below);
  const kinds = depth > 2 ? 6 : 8;
  switch (integer(kinds)) {
    case 0:
      return BigInt.asIntN(
        64,
        BigInt(integer(2 ** 30)) ** BigInt(integer(4)) * (random() < 0.5 ? -1n : 1n),
      );
    case 1:
      return (random() - 0.5) * 10 ** (integer(40) - 20);
    case 2:
      return String.fromCodePoint(
        ...Array.from({ length: integer(4) }, () => (integer(4) === 0 ? 0 : 1 + integer(0xd7fe))),
      );
    case 3:
      return bytes(...Array.from({ length: integer(4) }, () => integer(3) * 127));
    case 4:
      return random() < 0.5;
    case 5:
      return INTERESTING[integer(INTERESTING.length)] ?? null;
    case 6:
      return Array.from({ length: integer(3) }, () => randomValue(random, depth + 1));
    default:
      return Object.fromEntries(
        Array.from({ length: integer(3) }, () => [
          'abc'.slice(0, 1 + integer(3)),
          randomValue(random, depth + 1),
        ]),
      );
  }
}

describe('the order of keys is the order of values', () => {
  test('of all pairs of the interesting ones', () => {
    for (const left of INTERESTING) {
      for (const right of INTERESTING) expectSameOrder(left, right);
    }
  });

  test.each([1, 2, 3, 4])('of random pairs, seed %d', (seed) => {
    const random = seededRandom(seed);
    for (let count = 0; count < 3000; count += 1) {
      expectSameOrder(randomValue(random, 0), randomValue(random, 0));
    }
  });

  test('also where another part follows', () => {
    const random = seededRandom(5);
    for (let count = 0; count < 3000; count += 1) {
      const [a, b, c, d] = Array.from({ length: 4 }, () => randomValue(random, 1));
      const expected = Math.sign(compareValues(a, b)) || Math.sign(compareValues(c, d));
      const actual = Buffer.compare(
        Buffer.concat([encode(a), encode(c)]),
        Buffer.concat([encode(b), encode(d)]),
      );
      expect(actual, `seed 5, pair ${count}`).toBe(expected);
    }
  });
});

function expectSameOrder(left: Value | undefined, right: Value | undefined): void {
  const expected = Math.sign(compareValues(left, right));
  const toJson = (value: Value | undefined) =>
    value === undefined ? undefined : convexToJson(value);
  if (Buffer.compare(encode(left), encode(right)) !== expected) {
    expect.fail(`keys of ${String(left)} and ${String(right)} do not compare as ${expected}`);
  }
  // The fast paths of `compareJson` are no other order.
  if (Math.sign(compareJson(toJson(left), toJson(right))) !== expected) {
    expect.fail(`${String(left)} and ${String(right)} do not compare as ${expected}`);
  }
}
