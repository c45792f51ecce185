import type { Value } from 'convex/values';
import { decodeValue } from './decode.ts';
import { encodeValue } from './encode.ts';
import { CUSTOM_TAG } from './tag.ts';
import { toTransformerPair } from './transformer.ts';
import type { DataTransformer, TransformerOption } from './transformer.ts';

/** One direction of the wire: values as users hold them, and Convex values. */
export interface ValueCodec {
  /** Throws `BAD_REQUEST` with `data: { path }` for what has no form on the wire. */
  encode(value: unknown): Value;
  decode(value: unknown): unknown;
  /** Whether a custom transformer may give values any shape, so that no Convex validator can describe them. */
  readonly isOpaque: boolean;
}

/** Both directions: `input` for arguments, `output` for results and error data. */
export interface Codec {
  readonly input: ValueCodec;
  readonly output: ValueCodec;
}

const plainCodec: ValueCodec = { encode: encodeValue, decode: decodeValue, isOpaque: false };

/** The codec of a transformer option; without one, Convex values and Dates. */
export function createCodec(option?: TransformerOption): Codec {
  const { input, output } = toTransformerPair(option);
  return { input: createValueCodec(input), output: createValueCodec(output) };
}

/** What the transformer changed travels under a tag of its own, so that plain JSON from other clients still decodes. */
function createValueCodec(transformer: DataTransformer | undefined): ValueCodec {
  if (transformer === undefined) return plainCodec;
  return {
    isOpaque: true,
    encode(value) {
      const serialized = transformer.serialize(value);
      if (Object.is(serialized, value)) return encodeValue(value);
      return { [CUSTOM_TAG]: encodeValue(serialized) };
    },
    decode(value) {
      return isCustom(value)
        ? transformer.deserialize(decodeValue(value[CUSTOM_TAG]))
        : decodeValue(value);
    },
  };
}

function isCustom(value: unknown): value is { [CUSTOM_TAG]: unknown } {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, CUSTOM_TAG);
}
