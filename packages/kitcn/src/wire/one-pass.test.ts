import { isDeepStrictEqual } from 'node:util';
import { runInNewContext } from 'node:vm';
import { convexToJson, jsonToConvex } from 'convex/values';
import type { JSONValue } from 'convex/values';
import { describe, expect, test } from 'vitest';
import { isCRPCError } from '../errors/crpc-error.ts';
import { createFullCodec } from './full-codec.fixture.ts';
import { mapCodec } from './codecs/map-codec.ts';
import { setCodec } from './codecs/set-codec.ts';
import { urlCodec } from './codecs/url-codec.ts';
import { createTransformer } from './create-transformer.ts';
import { createPlainJsonCodec } from './plain-json-codec.ts';
import { tryToJson } from './to-json.ts';
import { NO_CODECS, toWireCodecs } from './wire-codec.ts';
import type { WireCodec } from './wire-codec.ts';

/** The one pass is compared with the two steps, whatever comes: equal text and values, or equal errors. */
const codecList = [mapCodec, setCodec, urlCodec];
const transformer = createTransformer({ codecs: codecList });
const { input: codec } = createFullCodec(transformer);
const wireCodecs = toWireCodecs(codecList);
const CASES = 4_000;

/** Mulberry32: the same numbers for a seed on every machine. */
class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed;
  }

  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  below(limit: number): number {
    return Math.floor(this.next() * limit);
  }

  pick<T>(items: readonly T[]): T {
    return items[this.below(items.length)] as T;
  }
}

const foreign = runInNewContext(
  '({ date: new Date(9), bytes: new Uint8Array([1, 2]).buffer, object: { b: [new Date(3)], a: 1 }, list: [1, -0] })',
) as { date: Date; bytes: ArrayBuffer; object: object; list: unknown[] };

const NAMES = [
  'a',
  'b',
  'name',
  '_id',
  '_creationTime',
  'Z',
  ' ',
  '~',
  'toJSON',
  'constructor',
  'hasOwnProperty',
  '0',
  '1',
  '10',
  '9',
  '007',
  '4294967295',
  '1.5',
  '-1',
  'length',
  '__crpc_Date',
  '___crpc_Date',
  '____crpc_Map',
  '__crpc_Map',
  '__crpc_',
  '_crpc_Date',
  '__crpc',
];

const LEAVES: readonly unknown[] = [
  '',
  'text',
  'a\ud800b',
  '\udc00',
  '\u2028"\\\n\0',
  'é'.repeat(50),
  '😀',
  0,
  -0,
  1,
  -1.5,
  1e21,
  5e-324,
  Number.MAX_SAFE_INTEGER,
  NaN,
  Infinity,
  -Infinity,
  0n,
  -1n,
  2n ** 63n - 1n,
  -(2n ** 63n),
  true,
  false,
  null,
  new Date(0),
  new Date(-1),
  new Date(864e13),
  foreign.date,
  foreign.bytes,
  foreign.object,
  new Uint8Array([0, 255, 7]).buffer,
  new ArrayBuffer(0),
  foreign.list,
  new URL('https://example.com/ü?q'),
  Object.assign(Object.create(null), {
    n: 1,
    d: new Date(1),
  }),
];

class Point {
  x = 1;
}

const cycle: unknown[] = [];
cycle.push({ cycle });

/** What cannot travel, and what is made to be taken for something else. */
const FAULTS: readonly unknown[] = [
  new Date(NaN),
  2n ** 63n,
  -(2n ** 63n) - 1n,
  Symbol('s'),
  () => 1,
  new Point(),
  new Error('e'),
  new Uint8Array(1),
  new WeakMap(),
  /r/,
  cycle,
  new Map([[1, Symbol('s')]]),
  Object(1),
  Object.create(Date.prototype),
  Object.create(ArrayBuffer.prototype),
  [undefined],
  Object.assign([], { length: 2 }),
  { [Symbol.toStringTag]: 'Map' },
  Object.create({ inherited: 1 }),
  Object.create(Object.create(null)),
  { $integer: 'x' },
  { '': 1 },
  { é: 1 },
  { ['x'.repeat(1025)]: 1 },
  JSON.parse('{"__proto__":1}'),
  { toJSON: () => 1 },
  Object.defineProperty({ a: 1 }, 'toJSON', { value: () => 2 }),
  Object.assign([1], { toJSON: 3 }),
  Object.assign([1], { toJSON: () => 4 }),
  { a: undefined },
  nest(63, new Date(1)),
  nest(64, 1),
  nest(65, 1),
  nest(64, new Map()),
  nest(62, new Map([[1, 2]])),
];

function nest(levels: number, inner: unknown): unknown {
  let value = inner;
  for (let level = 0; level < levels; level++) value = level % 2 === 0 ? [value] : { a: value };
  return value;
}

function generate(random: Random, depth: number, faults: boolean): unknown {
  if (faults && random.next() < 0.04) return random.pick(FAULTS);
  const container = depth < 5 && random.next() < 0.6;
  if (!container) return random.pick(LEAVES);
  const items = (): unknown[] =>
    Array.from({ length: random.below(4) }, () => generate(random, depth + 1, faults));
  const kind = random.next();
  if (kind < 0.3) return items();
  if (kind < 0.35) return new Set(items());
  if (kind < 0.4) return new Map(items().map((item) => [random.pick(LEAVES), item]));
  const object: Record<string, unknown> = {};
  for (let count = random.below(6); count > 0; count--) {
    const isGone = random.next() < 0.1;
    object[random.pick(NAMES)] = isGone ? undefined : generate(random, depth + 1, faults);
  }
  return object;
}

/** Vitest takes a field called `constructor` for the constructor. */
function expectSame(actual: unknown, expected: unknown, context: string): void {
  if (!isDeepStrictEqual(actual, expected)) expect.soft(actual, context).toStrictEqual(expected);
  expect(isDeepStrictEqual(actual, expected), context).toBe(true);
}

type Outcome = { text: string } | { code: string; message: string; data: unknown };

function outcomeOf(run: () => string): Outcome {
  try {
    return { text: run() };
  } catch (error) {
    if (!isCRPCError(error)) throw error;
    return { code: error.code, message: error.message, data: error.data };
  }
}

function encodeInTwoSteps(value: unknown): string {
  return JSON.stringify(convexToJson(codec.encode(value)));
}

describe('encoding', () => {
  test.each([1, 2, 3])('values that travel, seed %i: one pass gives the same bytes', (seed) => {
    const random = new Random(seed);
    for (let index = 0; index < CASES; index++) {
      const value = generate(random, 0, false);
      const json = tryToJson(value, wireCodecs);
      expect(json, `case ${index}`).toBeDefined();
      expect(JSON.stringify(json), `case ${index}`).toBe(encodeInTwoSteps(value));
    }
  });

  test.each([4, 5, 6])('faulty values, seed %i: the same bytes or the same error', (seed) => {
    const random = new Random(seed);
    let errors = 0;
    for (let index = 0; index < CASES; index++) {
      const value = generate(random, 0, true);
      const expected = outcomeOf(() => encodeInTwoSteps(value));
      expect(
        outcomeOf(() => codec.toText(value)),
        `case ${index}`,
      ).toEqual(expected);
      if ('code' in expected) errors++;
    }
    expect(errors).toBeGreaterThan(CASES / 50);
  });

  test.each(FAULTS.map((value, index) => [index, value]))('fault %i alone', (_, value) => {
    const one = outcomeOf(() => codec.toText({ deep: [value] }));
    expect(one).toEqual(outcomeOf(() => encodeInTwoSteps({ deep: [value] })));
  });

  test('fields that every object inherits are nobody’s', () => {
    Object.assign(Object.prototype, { inherited: new Date(1) });
    try {
      expect(tryToJson({ a: 1 }, NO_CODECS)).toBeUndefined();
      expect(codec.toText({ b: { a: 1 } })).toBe('{"b":{"a":1}}');
      expect(Object.keys(codec.fromJson({ b: 1 }) as object)).toEqual(['b']);
    } finally {
      delete (Object.prototype as { inherited?: unknown }).inherited;
    }
  });

  test('what is given is not changed', () => {
    const value = Object.freeze({ z: Object.freeze([new Date(1), 1n]), a: -0 });
    expect(codec.toText(value)).toBe(encodeInTwoSteps(value));
  });

  test('a codec that encodes by itself disturbs nothing around it', () => {
    class Letter {
      constructor(readonly text: unknown) {}
    }
    const letters: WireCodec<Letter> = {
      name: 'Letter',
      is: (value): value is Letter => value instanceof Letter,
      encode: ({ text }) => codec.toText(text),
      decode: (payload) => new Letter(payload),
    };
    const option = createTransformer({ codecs: [letters] });
    const { input } = createFullCodec(option);
    const inner = { z: new Date(1), a: { y: 1, b: new Date(2) } };
    const value = { z: 'z', a: new Date(3), b: { d: 'd', b: 'b', c: new Letter(inner) } };
    const expected = JSON.stringify(convexToJson(input.encode(value)));
    expect(input.toText(value)).toBe(expected);
    expect(JSON.parse(expected).b.c).toEqual({ __crpc_Letter: encodeInTwoSteps(inner) });
  });

  test('more shapes than are remembered', () => {
    const records = Array.from({ length: 12_000 }, (_, index) => ({ [`k${index}`]: 1, a: 1 }));
    expect(codec.toText(records)).toBe(encodeInTwoSteps(records));
    const wide = Object.assign({}, ...records.reverse());
    expect(codec.toText(wide)).toBe(encodeInTwoSteps(wide));
    expect(codec.fromJson(JSON.parse(codec.toText(wide)))).toEqual(wide);
  });
});

describe('decoding', () => {
  test.each([7, 8, 9])('text of values, seed %i: the value itself', (seed) => {
    const random = new Random(seed);
    for (let index = 0; index < CASES; index++) {
      const text = codec.toText(generate(random, 0, false));
      const expected = codec.decode(jsonToConvex(JSON.parse(text)));
      const json = JSON.parse(text);
      expectSame(codec.fromJson(json), expected, `case ${index}: ${text}`);
      expect(JSON.stringify(json), 'what is given is not changed').toBe(text);
      expect(codec.toText(expected), 'there and back').toBe(text);
    }
  });

  test.each([10, 11, 12])('any JSON, seed %i: the same value or an error with its path', (seed) => {
    const random = new Random(seed);
    let errors = 0;
    for (let index = 0; index < CASES; index++) {
      const json = generateJson(random, 0);
      const expected = decodeInTwoSteps(json);
      const actual = decodeOutcome(() => codec.fromJson(json));
      const context = `case ${index}: ${JSON.stringify(json)}`;
      if (expected !== 'refused by Convex') expectSame(actual, expected, context);
      else expect(actual, context).toMatchObject({ code: 'PARSE_ERROR', data: { path: /./ } });
      if (typeof expected === 'string' || 'code' in expected) errors++;
    }
    expect(errors).toBeGreaterThan(CASES / 50);
  });
});

describe('plain JSON alone', () => {
  const { input: plain } = createPlainJsonCodec(transformer);

  test.each([13, 14, 15])('any value, seed %i: the same bytes, or none', (seed) => {
    const random = new Random(seed);
    let written = 0;
    for (let index = 0; index < CASES; index++) {
      const value = generate(random, 2, true);
      const text = plain.tryText(value);
      if (text === undefined) continue;
      expect(text, `case ${index}`).toBe(encodeInTwoSteps(value));
      written++;
    }
    expect(written).toBeGreaterThan(CASES / 10);
  });

  test.each([16, 17, 18])('any JSON, seed %i: the value itself, or nothing', (seed) => {
    const random = new Random(seed);
    let read = 0;
    for (let index = 0; index < CASES; index++) {
      const json = generateJson(random, 1);
      const value = plain.tryFromJson(json);
      if (value === undefined) continue;
      expectSame({ value }, decodeInTwoSteps(json), `case ${index}: ${JSON.stringify(json)}`);
      expect(value).toBe(json);
      read++;
    }
    expect(read).toBeGreaterThan(CASES / 10);
  });

  test.each(FAULTS.map((value, index) => [index, value]))('fault %i is not for it', (_, value) => {
    const text = plain.tryText(value);
    if (text !== undefined) expect(text).toBe(encodeInTwoSteps(value));
  });

  test('what may be too large, or an opaque transformer’s, is left to others', () => {
    expect(plain.tryText('x'.repeat(6_000_000))).toBeUndefined();
    const same = { serialize: (value: unknown) => value, deserialize: (value: unknown) => value };
    const opaque = createPlainJsonCodec(same).input;
    expect(opaque.tryText({ a: 1 })).toBeUndefined();
    expect(opaque.tryFromJson({ a: 1 })).toBeUndefined();
  });
});

const JSON_NAMES = ['a', 'b', '1', '', '__crpc_Date', '___crpc_Date', '__crpc_Map', '__crpc_Set'];

const JSON_ODDITIES: readonly (() => unknown)[] = [
  () => ({ __crpc_Date: 'x' }),
  () => ({ __crpc_Date: 9e99 }),
  () => ({ __crpc_Weak: [] }),
  () => ({ __crpc_Map: [[1]] }),
  () => ({ __crpc_URL: 'no url' }),
  () => ({ __crpc_Set: [{ __crpc_Date: 1 }] }),
  () => ({ $integer: 'AQ==' }),
  () => ({ $integer: 5 }),
  () => ({ $float: 'AAAAAAAA8D8=' }),
  () => ({ $float: 'AAAAAAAAAIA=' }),
  () => ({ $bytes: 'AAE=' }),
  () => ({ $bytes: 'A' }),
  () => ({ $set: [] }),
  () => ({ $other: 1 }),
  () => ({ a: 1, $integer: 'AQAAAAAAAAA=' }),
  () => ({ é: 1 }),
  () => nest(70, 1),
];

function generateJson(random: Random, depth: number): unknown {
  if (random.next() < 0.05) return random.pick(JSON_ODDITIES)();
  if (depth > 4 || random.next() < 0.4) return random.pick(['', 'x', 0, 1.5, true, null]);
  const items = Array.from({ length: random.below(4) }, () => generateJson(random, depth + 1));
  if (random.next() < 0.4) return items;
  return Object.fromEntries(items.map((item) => [random.pick(JSON_NAMES), item]));
}

type Decoded = { value: unknown } | { code: string; message: string; data: unknown };

function decodeOutcome(run: () => unknown): Decoded {
  try {
    return { value: run() };
  } catch (error) {
    if (!isCRPCError(error)) throw error;
    const { code, message } = error;
    return { code, message, data: error.data };
  }
}

/** Convex's own errors carry neither code nor path. */
function decodeInTwoSteps(json: unknown): Decoded | 'refused by Convex' {
  let value: unknown;
  try {
    value = jsonToConvex(json as JSONValue);
  } catch {
    return 'refused by Convex';
  }
  return decodeOutcome(() => codec.decode(value));
}
