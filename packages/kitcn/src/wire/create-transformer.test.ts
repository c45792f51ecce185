import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { convexToJson, jsonToConvex } from 'convex/values';
import { describe, expect, test } from 'vitest';
import { isCRPCError } from '../errors/crpc-error.ts';
import { createFullCodec } from './full-codec.fixture.ts';
import type { FullValueCodec } from './full-codec.fixture.ts';
import { mapCodec } from './codecs/map-codec.ts';
import { setCodec } from './codecs/set-codec.ts';
import { createTemporalCodecs } from './codecs/temporal-codecs.ts';
import type { TemporalNamespace } from './codecs/temporal-codecs.ts';
import { urlCodec } from './codecs/url-codec.ts';
import { createTransformer } from './create-transformer.ts';
import type { WireCodec } from './wire-codec.ts';

const transformer = createTransformer({ codecs: [mapCodec, setCodec, urlCodec] });
const { input: codec } = createFullCodec(transformer);
const { input: plain } = createFullCodec();

const CARRIERS: [string, (value: unknown, by?: FullValueCodec) => unknown][] = [
  ['values', (value, by = codec) => by.decode(jsonToConvex(convexToJson(by.encode(value))))],
  ['text', (value, by = codec) => by.fromJson(JSON.parse(by.toText(value)))],
];

function failure(run: () => unknown): { code: string; message: string; data: unknown } {
  try {
    run();
  } catch (error) {
    if (isCRPCError(error)) return { code: error.code, message: error.message, data: error.data };
    throw error;
  }
  throw new TypeError('did not throw');
}

describe.each(CARRIERS)('codecs, as %s', (_, carry) => {
  test.each<[string, unknown]>([
    [
      'a Map',
      new Map<unknown, unknown>([
        ['a', 1],
        [new Date(1), new Map()],
        [{ k: 1n }, null],
      ]),
    ],
    ['a Set', { tags: new Set(['a', new Set([new Date(2)])]) }],
    ['a URL', [new URL('https://example.com/a?b=c#d')]],
    ['what looks like their tags', { __crpc_Map: [], a: { ___crpc_Set: new Set() } }],
    ['a Date and no codec’s value', { at: new Date(3), n: 1n }],
  ])('%s', (_name, value) => {
    expect(carry(value)).toStrictEqual(value);
  });

  test('a Map of another realm', () => {
    expect(carry(runInNewContext('new Map([[1, new Set([2])]])'))).toEqual(
      new Map([[1, new Set([2])]]),
    );
  });

  test('every type of Temporal', () => {
    setFlagsFromString('--harmony-temporal');
    // Of another realm, since this one was made before the flag.
    const temporal = runInNewContext('Temporal') as TemporalNamespace;
    const { output } = createFullCodec(
      createTransformer({ codecs: createTemporalCodecs(temporal) }),
    );
    const texts = {
      Instant: '2026-01-02T03:04:05.123456789Z',
      PlainDate: '2026-01-02',
      PlainDateTime: '2026-01-02T03:04:05.000000001',
      PlainMonthDay: '01-02',
      PlainTime: '03:04:05',
      PlainYearMonth: '2026-01',
      ZonedDateTime: '2026-01-02T03:04:05+00:00[UTC]',
    } as const;
    for (const type of Object.keys(texts) as (keyof typeof texts)[]) {
      const arrived = carry({ at: temporal[type].from(texts[type]) }, output) as { at: object };
      expect(String(arrived.at)).toBe(texts[type]);
      expect(Object.prototype.toString.call(arrived.at)).toBe(`[object Temporal.${type}]`);
    }
    const zero = { years: 0, months: 0, weeks: 0, days: 0, hours: 0, minutes: 0, seconds: 0 };
    const fields = { ...zero, milliseconds: 90_000, microseconds: 0, nanoseconds: 1 };
    const duration = carry(temporal.Duration.from(fields), output);
    expect(duration).toMatchObject({ seconds: 0, milliseconds: 90_000, nanoseconds: 1 });
    for (const payload of [1, {}, 'x', null]) {
      for (const name of ['TemporalInstant', 'TemporalDuration']) {
        const json = { a: { [`__crpc_${name}`]: payload } };
        expect(failure(() => output.fromJson(json))).toMatchObject({ data: { path: 'a' } });
      }
    }
  });
});

describe('what goes wrong', () => {
  test('a value that no codec knows, inside what one knows', () => {
    const value = { tags: new Map([['a', { deep: new WeakMap() }]]) };
    for (const run of [() => codec.encode(value), () => codec.toText(value)]) {
      const { code, message, data } = failure(run);
      expect({ code, data }).toEqual({ code: 'BAD_REQUEST', data: { path: 'tags[0][1].deep' } });
      expect(message).toMatch(/a WeakMap has no form/);
    }
  });

  test('a tag of a codec that the receiver lacks', () => {
    const json = JSON.parse(codec.toText({ tags: [new Set()] }));
    for (const run of [() => plain.decode(json), () => plain.fromJson(json)]) {
      const { code, message, data } = failure(run);
      expect({ code, data }).toEqual({ code: 'PARSE_ERROR', data: { path: 'tags[0]' } });
      expect(message).toMatch(/__crpc_Set, which this side has no transformer for/);
    }
  });

  test.each<[string, unknown]>([
    ['a Map of no pairs', { __crpc_Map: [[1, 2, 3]] }],
    ['a Set of no list', { __crpc_Set: { a: 1 } }],
    ['a URL that is none', { __crpc_URL: 'no url' }],
    ['a URL that is no text', { __crpc_URL: 5 }],
    ['a tag beside other fields', { __crpc_URL: 'https://a.b', c: 1 }],
  ])('a broken payload: %s', (_, broken) => {
    for (const run of [
      () => codec.decode({ a: [broken] }),
      () => codec.fromJson({ a: [broken] }),
    ]) {
      expect(failure(run)).toMatchObject({ code: 'PARSE_ERROR', data: { path: 'a[0]' } });
    }
  });

  test('a codec that fails to write is named with the path', () => {
    const failing: WireCodec = {
      name: 'Failing',
      is: (value): value is object => value instanceof WeakSet,
      encode: () => {
        throw new TypeError('no');
      },
      decode: () => ({}),
    };
    const { input } = createFullCodec(createTransformer({ codecs: [failing] }));
    for (const run of [() => input.encode([new WeakSet()]), () => input.toText([new WeakSet()])]) {
      expect(failure(run)).toMatchObject({
        message: expect.stringContaining('[0]: the codec Failing'),
        data: { path: '[0]' },
      });
    }
  });

  test.each([
    ['twice', [mapCodec, mapCodec]],
    ['with the name of a Date', [{ ...mapCodec, name: 'Date' }]],
    ['with a name that is no name', [{ ...mapCodec, name: 'a b' }]],
  ])('a codec %s', (_, codecs) => {
    expect(failure(() => createTransformer({ codecs })).message).toMatch(/The codec name/);
  });
});

test('used like any other transformer it does the same', () => {
  const { serialize, deserialize } = transformer;
  const { input } = createFullCodec({ serialize, deserialize });
  const value = { tags: new Set([new Date(1)]), __crpc_Set: 1 };
  expect(input.isOpaque).toBe(true);
  expect(input.decode(input.encode(value))).toStrictEqual(value);
  expect(input.fromJson(JSON.parse(input.toText(value)))).toStrictEqual(value);
  expect(codec.isOpaque).toBe(false);
});
