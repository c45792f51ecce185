import type { Value } from 'convex/values';
import { isCustom } from './custom-value.ts';
import { decodeValue } from './decode.ts';
import { encodeCustom } from './encode-custom.ts';
import { encodeValue } from './encode.ts';
import { CUSTOM_TAG } from './tag.ts';
import { isCodecTransformer, toTransformerPair } from './transformer.ts';
import type { DataTransformer, TransformerOption } from './transformer.ts';
import { NO_CODECS } from './wire-codec.ts';
import type { WireCodecs } from './wire-codec.ts';

/** One direction of the wire: values as users hold them, and Convex values. */
export interface ValueCodec {
  /** Throws `BAD_REQUEST` with `data: { path }` for what has no form on the wire. */
  encode(value: unknown): Value;
  /** Throws `PARSE_ERROR` with `data: { path }` for what cannot be read. */
  decode(value: unknown): unknown;
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

/** The codec of one direction. */
export function createValueCodec(transformer: DataTransformer | undefined): ValueCodec {
  if (transformer === undefined) return plainCodec;
  if (isCodecTransformer(transformer)) return createPlainCodec(transformer['~codecs']);
  return createOpaqueCodec(transformer);
}

function createPlainCodec(codecs: WireCodecs): ValueCodec {
  return {
    isOpaque: false,
    encode: (value) => encodeValue(value, codecs),
    decode: (value) => decodeValue(value, codecs),
  };
}

function createOpaqueCodec(transformer: DataTransformer): ValueCodec {
  return {
    isOpaque: true,
    encode: (value) => encodeCustom(value, transformer),
    decode(value) {
      if (!isCustom(value)) return decodeValue(value);
      return transformer.deserialize(decodeValue(value[CUSTOM_TAG]));
    },
  };
}
