import { runInNewContext } from 'node:vm';
import { convexToJson, jsonToConvex } from 'convex/values';
import { describe, expect, test } from 'vitest';
import { isCRPCError } from '../errors/crpc-error.ts';
import { createFullCodec } from './full-codec.fixture.ts';
import type { DataTransformer } from './transformer.ts';

const { input: codec } = createFullCodec();

/** There and back in each way that a call goes: as Convex values, and as text. */
function roundTrip(value: unknown): unknown {
  const json = JSON.stringify(convexToJson(codec.encode(value)));
  expect(codec.toText(value)).toBe(json);
  const decoded = codec.decode(jsonToConvex(JSON.parse(json)));
  expect(codec.fromJson(JSON.parse(json))).toStrictEqual(decoded);
  return decoded;
}

function failure(run: () => unknown): { code: string; message: string; data: unknown } {
  try {
    run();
  } catch (error) {
    if (isCRPCError(error)) return { code: error.code, message: error.message, data: error.data };
    throw error;
  }
  throw new TypeError('did not throw');
}

describe('values that travel', () => {
  test.each<[string, unknown]>([
    ['null', null],
    ['a string with a lone surrogate', 'a\ud800b'],
    ['negative zero', -0],
    ['NaN', Number.NaN],
    ['infinity', [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]],
    ['the largest int64', 2n ** 63n - 1n],
    ['the smallest int64', -(2n ** 63n)],
    ['bytes', new Uint8Array([0, 255]).buffer],
    ['a Date', new Date(1_700_000_000_000)],
    ['a Date before the epoch', new Date(-1)],
    ['Dates deep inside', { a: [{ at: new Date(5) }, { b: { at: new Date(6) } }] }],
    ['an empty object and array', [{}, []]],
    ['what looks like a Date’s tag', { __crpc_Date: 5 }],
    ['what looks like an escaped tag', { ___crpc_Date: 5, ____crpc_Date: new Date(1) }],
    ['what looks like another tag', { __crpc_Map: [], nested: { __crpc_Custom: { a: 1 } } }],
    ['what looks like an error', { __crpc: 1, code: 'NOT_FOUND', message: '' }],
  ])('%s', (_, value) => {
    expect(roundTrip(value)).toStrictEqual(value);
  });

  test('a Date of another realm', () => {
    const date: unknown = runInNewContext('new Date(7)');
    expect(roundTrip({ date })).toEqual({ date: new Date(7) });
  });

  test('an object of another realm, and one without a prototype', () => {
    expect(roundTrip(runInNewContext('({ a: [{ b: 1 }] })'))).toEqual({ a: [{ b: 1 }] });
    expect(roundTrip(Object.assign(Object.create(null), { a: 1 }))).toEqual({ a: 1 });
  });

  test('undefined fields are left out, undefined alone is null', () => {
    expect(roundTrip({ a: undefined, b: 1 })).toStrictEqual({ b: 1 });
    expect(roundTrip(undefined)).toBe(null);
  });

  test('values without Dates are shared, not copied', () => {
    const value = { rows: [{ a: 1 }] };
    expect(codec.encode(value)).toBe(value);
    expect(codec.decode(value)).toBe(value);
  });
});

test('what only pretends to be a Date or bytes has no form', () => {
  const pretenders = ['Date', 'ArrayBuffer'].map((tag) =>
    Object.create({ [Symbol.toStringTag]: tag }),
  );
  for (const value of pretenders) {
    expect(failure(() => codec.toText([value])).data).toEqual({ path: '[0]' });
  }
  expect(roundTrip({ [Symbol.toStringTag]: 'Date', a: 1 })).toEqual({ a: 1 });
});

test('bytes of another realm', () => {
  const bytes: unknown = runInNewContext('new Uint8Array([1, 2]).buffer');
  expect(roundTrip([bytes])).toEqual([new Uint8Array([1, 2]).buffer]);
});

describe('values that do not', () => {
  const cyclic: Record<string, unknown> = {};
  cyclic['self'] = cyclic;

  test.each<[string, unknown, string, RegExp]>([
    ['a Map', { user: { tags: [1, new Map()] } }, 'user.tags[1]', /a Map has no form/],
    ['a class instance', { a: new (class Point {})() }, 'a', /a Point/],
    ['a function', { a: { b: () => 1 } }, 'a.b', /type function/],
    ['a symbol', [Symbol('s')], '[0]', /type symbol/],
    ['undefined in an array', [1, undefined], '[1]', /type undefined/],
    ['an invalid Date', { at: new Date(Number.NaN) }, 'at', /invalid Date/],
    ['a bigint past 64 bits', { n: 2n ** 63n }, 'n', /64 bits/],
    ['a field that starts with $', { a: { $b: 1 } }, 'a.$b', /must not start with/],
    ['a field called __proto__', JSON.parse('{"__proto__": 1}'), '__proto__', /must not be/],
    ['a field that is not ASCII', { é: 1 }, 'é', /printable ASCII/],
    ['typed bytes', { a: new Uint8Array(1) }, 'a', /Uint8Array/],
    ['a cycle', cyclic, 'self' + '.self'.repeat(63), /refers to itself/],
  ])('%s is named with its path', (_, value, path, problem) => {
    const { code, message, data } = failure(() => codec.encode(value));
    expect(code).toBe('BAD_REQUEST');
    expect(message).toMatch(problem);
    expect(data).toEqual({ path });
    expect(failure(() => codec.toText(value))).toEqual({ code, message, data });
  });

  test.each<[string, unknown, RegExp]>([
    ['an unknown tag', { a: { __crpc_Map: [] } }, /Cannot read a: .*__crpc_Map.*no transformer/],
    ['a broken Date', { a: [{ __crpc_Date: 'x' }] }, /Cannot read a\[0\]: a Date without a time/],
    ['a Date out of range', { __crpc_Date: 9e99 }, /not a time/],
  ])('%s that arrives is named with its path', (_, value, problem) => {
    const { code, message, data } = failure(() => codec.decode(value));
    expect(code).toBe('PARSE_ERROR');
    expect(message).toMatch(problem);
    expect(failure(() => codec.fromJson(value))).toEqual({ code, message, data });
  });
});

describe('limits', () => {
  function nest(levels: number): unknown {
    let value: unknown = 1;
    for (let level = 0; level < levels; level++) value = [value];
    return value;
  }

  test('64 levels travel, 65 are refused at both ends', () => {
    expect(roundTrip(nest(64))).toEqual(nest(64));
    const sent = failure(() => codec.toText(nest(65)));
    expect(sent).toMatchObject({ code: 'BAD_REQUEST', data: { path: '[0]'.repeat(64) } });
    for (const run of [() => codec.decode(nest(65)), () => codec.fromJson(nest(65))]) {
      const { code, message } = failure(run);
      expect(code).toBe('PARSE_ERROR');
      expect(message).toMatch(/nested deeper than 64 levels/);
    }
    expect(failure(() => codec.fromJson(nest(100_000))).code).toBe('PARSE_ERROR');
  });

  const MAX = 16 * 1024 * 1024;

  test.each([
    ['ASCII', 'x', 1],
    ['two bytes', 'é', 2],
    ['three bytes', '€', 3],
    ['four bytes', '😀', 4],
  ])('16 MiB of %s travel, a byte more is refused', (_, character, bytes) => {
    const fitting = character.repeat(Math.floor((MAX - 2) / bytes));
    const rest = 'x'.repeat(MAX - 2 - fitting.length * (bytes / character.length));
    expect(new TextEncoder().encode(codec.toText(fitting + rest)).length).toBe(MAX);
    expect(failure(() => codec.toText(`${fitting}${rest}x`))).toMatchObject({
      code: 'PAYLOAD_TOO_LARGE',
      message: expect.stringContaining('16777216 bytes'),
    });
  });
});

describe('a custom transformer', () => {
  /** Carries Sets, anywhere in a value, as arrays under a key of its own. */
  const sets: DataTransformer = {
    serialize: (value) => (value instanceof Set ? { set: [...value] } : value),
    deserialize: (value) => new Set((value as { set: unknown[] }).set),
  };
  const { input, output } = createFullCodec({ input: sets, output: { ...sets } });

  test('carries what it knows, Dates inside included', () => {
    const value = new Set([1, new Date(2)]);
    expect(input.decode(input.encode(value))).toEqual(value);
    expect(input.fromJson(JSON.parse(input.toText(value)))).toEqual(value);
    expect(output.decode(output.encode(value))).toEqual(value);
  });

  test('leaves alone what it does not change, so plain JSON and Dates still arrive', () => {
    expect(input.decode({ a: 1 })).toEqual({ a: 1 });
    expect(input.toText({ at: new Date(3) })).toBe('{"at":{"__crpc_Date":3}}');
    expect(input.fromJson({ at: { __crpc_Date: 3 } })).toEqual({ at: new Date(3) });
    expect(input.decode(input.encode({ at: new Date(3) }))).toEqual({ at: new Date(3) });
  });

  test('a receiver without it says so', () => {
    expect(failure(() => codec.decode(input.encode(new Set())))).toMatchObject({
      message: expect.stringContaining('__crpc_Custom'),
    });
  });
});
