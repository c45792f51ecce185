import { convexToJson } from 'convex/values';
import type { Value } from 'convex/values';
import { isCodecTransformer } from './create-transformer.ts';
import { decodeValue } from './decode.ts';
import { encodeValue } from './encode.ts';
import { fromJson } from './from-json.ts';
import { CUSTOM_TAG } from './tag.ts';
import { tryToJson } from './to-json.ts';
import { toTransformerPair } from './transformer.ts';
import type { DataTransformer, TransformerOption } from './transformer.ts';
import { NO_CODECS } from './wire-codec.ts';
import type { WireCodecs } from './wire-codec.ts';
import { tooLargeError } from './wire-error.ts';
import { isTooLarge } from './wire-limits.ts';

/** One direction of the wire: values as users hold them, Convex values, and Convex's JSON. */
export interface ValueCodec {
  /** Throws `BAD_REQUEST` with `data: { path }` for what has no form on the wire. */
  encode(value: unknown): Value;
  /** Throws `PARSE_ERROR` with `data: { path }` for what cannot be read. */
  decode(value: unknown): unknown;
  /**
   * The JSON text of what `encode` gives, in one pass. Throws what `encode` throws, and `PAYLOAD_TOO_LARGE` past
   * Convex's limit.
   */
  toText(value: unknown): string;
  /** The value of parsed JSON, in one pass; parts that need no change are shared. Throws as `decode` does. */
  fromJson(json: unknown): unknown;
  /** Whether a custom transformer may give values any shape, so that no Convex validator can describe them. */
  readonly isOpaque: boolean;
}

/** Both directions: `input` for arguments, `output` for results and error data. */
export interface Codec {
  readonly input: ValueCodec;
  readonly output: ValueCodec;
}

const plainCodec: ValueCodec = createPlainCodec(NO_CODECS);

/** The codec of a transformer option; without one, Convex values and Dates. */
export function createCodec(option?: TransformerOption): Codec {
  const { input, output } = toTransformerPair(option);
  return { input: createValueCodec(input), output: createValueCodec(output) };
}

function createValueCodec(transformer: DataTransformer | undefined): ValueCodec {
  if (transformer === undefined) return plainCodec;
  if (isCodecTransformer(transformer)) return createPlainCodec(transformer['~codecs']);
  return createOpaqueCodec(transformer);
}

function createPlainCodec(codecs: WireCodecs): ValueCodec {
  return {
    isOpaque: false,
    encode: (value) => encodeValue(value, codecs),
    decode: (value) => decodeValue(value, codecs),
    toText: (value) => checkSize(toText(value, codecs)),
    fromJson: (json) => fromJson(json, codecs),
  };
}

/** What the transformer changed travels under a tag of its own, so that plain JSON from other clients still decodes. */
function createOpaqueCodec(transformer: DataTransformer): ValueCodec {
  return {
    isOpaque: true,
    encode(value) {
      const serialized = transformer.serialize(value);
      const encoded = encodeValue(serialized);
      return Object.is(serialized, value) ? encoded : { [CUSTOM_TAG]: encoded };
    },
    decode(value) {
      if (!isCustom(value)) return decodeValue(value);
      return transformer.deserialize(decodeValue(value[CUSTOM_TAG]));
    },
    toText(value) {
      const serialized = transformer.serialize(value);
      const text = toText(serialized, NO_CODECS);
      return checkSize(Object.is(serialized, value) ? text : `{"${CUSTOM_TAG}":${text}}`);
    },
    fromJson(json) {
      if (!isCustom(json)) return fromJson(json, NO_CODECS);
      return transformer.deserialize(fromJson(json[CUSTOM_TAG], NO_CODECS));
    },
  };
}

/** The two steps write what the one leaves out, and say what is wrong with what cannot be written. */
function toText(value: unknown, codecs: WireCodecs): string {
  const json = tryToJson(value, codecs);
  return JSON.stringify(json === undefined ? convexToJson(encodeValue(value, codecs)) : json);
}

function checkSize(text: string): string {
  if (isTooLarge(text)) throw tooLargeError();
  return text;
}

function isCustom(value: unknown): value is { [CUSTOM_TAG]: unknown } {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, CUSTOM_TAG);
}
