import { decodeWire, encodeWire } from 'better-convex/crpc';
import { convexToJson, jsonToConvex } from 'convex/values';
import type { JSONValue, Value } from 'convex/values';
import * as devalue from 'devalue';
import superjson from 'superjson';
import { createFullCodec } from '../../packages/kitcn/src/wire/full-codec.fixture.ts';

/** One way to text and back. */
export interface Contender {
  name: string;
  /** Whether it brings Dates back; others get them as numbers. */
  knowsDates: boolean;
  encode(value: unknown): string;
  decode(text: string): unknown;
}

const { output } = createFullCodec();

/** The one that all others are compared with: the least that any can cost. */
export const BASELINE = 'JSON, Dates as numbers';

export const KITCN = 'kitcn';

export const CONTENDERS: readonly Contender[] = [
  {
    name: BASELINE,
    knowsDates: false,
    encode: (value) => JSON.stringify(value),
    decode: (text) => JSON.parse(text),
  },
  {
    name: KITCN,
    knowsDates: true,
    encode: output.toText,
    decode: (text) => output.fromJson(JSON.parse(text)),
  },
  {
    name: 'kitcn in two steps',
    knowsDates: true,
    encode: (value) => JSON.stringify(convexToJson(output.encode(value))),
    decode: (text) => output.decode(jsonToConvex(JSON.parse(text))),
  },
  {
    name: 'convexToJson and JSON, Dates as numbers',
    knowsDates: false,
    encode: (value) => JSON.stringify(convexToJson(value as Value)),
    decode: (text) => jsonToConvex(JSON.parse(text)),
  },
  {
    name: 'better-convex 0.11, convexToJson and JSON',
    knowsDates: true,
    encode: (value) => JSON.stringify(convexToJson(encodeWire(value) as Value)),
    decode: (text) => decodeWire(jsonToConvex(JSON.parse(text) as JSONValue)),
  },
  {
    name: 'devalue',
    knowsDates: true,
    encode: (value) => devalue.stringify(value),
    decode: (text) => devalue.parse(text),
  },
  {
    name: 'superjson',
    knowsDates: true,
    encode: (value) => superjson.stringify(value),
    decode: (text) => superjson.parse(text),
  },
];
