import { convexToJson } from 'convex/values';
import type { Value } from 'convex/values';
import { encodeCustom } from './encode-custom.ts';
import { encodeValue } from './encode.ts';
import type { ValueTextCodec } from './text-codec.ts';
import { isTooLarge } from './text-size.ts';
import { isCodecTransformer } from './transformer.ts';
import { tooLargeError } from './wire-error.ts';

/**
 * The JSON text of what `encode` gives: in one pass where that can be, in two steps what `tryText` leaves out. Throws what
 * `encode` throws, and `PAYLOAD_TOO_LARGE` past Convex's limit.
 */
export function writeText({ tryText, transformer }: ValueTextCodec, value: unknown): string {
  const text = tryText(value) ?? writeInSteps(transformer, value);
  if (isTooLarge(text)) throw tooLargeError();
  return text;
}

type Transformer = ValueTextCodec['transformer'];

function writeInSteps(transformer: Transformer, value: unknown): string {
  return JSON.stringify(convexToJson(encodeFor(transformer, value)));
}

function encodeFor(transformer: Transformer, value: unknown): Value {
  if (transformer === undefined) return encodeValue(value);
  return isCodecTransformer(transformer)
    ? encodeValue(value, transformer['~codecs'])
    : encodeCustom(value, transformer);
}
