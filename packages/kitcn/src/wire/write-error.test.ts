import { convexToJson } from 'convex/values';
import { expect, test } from 'vitest';
import { CRPCError } from '../errors/crpc-error.ts';
import type { CRPCErrorOptions } from '../errors/crpc-error.ts';
import { createCodec } from './codec.ts';
import { createTextCodec } from './text-codec.ts';
import { toErrorPayload } from './to-error-payload.ts';
import type { TransformerOption } from './transformer.ts';
import { MAX_BYTES } from './wire-limits.ts';
import { writeError } from './write-error.ts';

/** Wraps everything. */
const custom: TransformerOption = {
  serialize: (value) => ({ wrapped: String(value) }),
  deserialize: (value) => value,
};

const ERRORS: [string, CRPCErrorOptions][] = [
  ['no data', { code: 'NOT_FOUND' }],
  ['a message that needs escapes', { code: 'NOT_FOUND', message: '"\\\n\u2028\ud800é' }],
  ['a code and a status of its own', { code: 'OUT_OF_STOCK', status: 409, data: { left: 0 } }],
  ['tags and look-alikes', { code: 'CONFLICT', data: { at: new Date(4), __crpc_Date: 1 } }],
  ['what JSON has no form for', { code: 'CONFLICT', data: [1n, NaN, -0, new ArrayBuffer(2)] }],
  ['fields without a value', { code: 'CONFLICT', data: { a: undefined, b: null } }],
  ['null', { code: 'CONFLICT', data: null }],
  ['data that cannot travel', { code: 'CONFLICT', data: { deep: [new WeakMap()] } }],
  ['data that is too large', { code: 'CONFLICT', data: 'x'.repeat(MAX_BYTES) }],
];

test.each(
  ERRORS.flatMap(([name, options]) => [
    { name, options, transformer: undefined },
    { name: `${name}, by a transformer`, options, transformer: custom },
  ]),
)('writes what toErrorPayload gives: $name', ({ options, transformer }) => {
  const error = new CRPCError(options);
  const payload = convexToJson(toErrorPayload(error, createCodec(transformer).output));
  const { status, text } = writeError(error, createTextCodec(transformer).output);
  expect(JSON.parse(text)).toStrictEqual(payload);
  const { code } = JSON.parse(text) as { code: string };
  expect(status).toBe(code === error.code ? error.status : 500);
});
