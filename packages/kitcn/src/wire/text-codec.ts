import { convexToJson } from 'convex/values';
import { createValueCodec, isCustom } from './codec.ts';
import type { Codec, ValueCodec } from './codec.ts';
import { isCodecTransformer } from './create-transformer.ts';
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

/** One direction of the wire where it is text: Convex's JSON. Code inside Convex never sees it, and need not carry it. */
export interface ValueTextCodec extends ValueCodec {
  /**
   * The JSON text of what `encode` gives, in one pass. Throws what `encode` throws, and `PAYLOAD_TOO_LARGE` past
   * Convex's limit.
   */
  toText(value: unknown): string;
  /** The value of parsed JSON, in one pass; parts that need no change are shared. Throws as `decode` does. */
  fromJson(json: unknown): unknown;
}

/** Both directions: `input` for arguments, `output` for results and error data. */
export interface TextCodec extends Codec {
  readonly input: ValueTextCodec;
  readonly output: ValueTextCodec;
}

/** The codec of a transformer option; without one, Convex values and Dates. */
export function createTextCodec(option?: TransformerOption): TextCodec {
  const { input, output } = toTransformerPair(option);
  return { input: createValueTextCodec(input), output: createValueTextCodec(output) };
}

function createValueTextCodec(transformer: DataTransformer | undefined): ValueTextCodec {
  const text =
    transformer === undefined || isCodecTransformer(transformer)
      ? createPlainText(transformer?.['~codecs'] ?? NO_CODECS)
      : createOpaqueText(transformer);
  return { ...createValueCodec(transformer), ...text };
}

type Text = Pick<ValueTextCodec, 'toText' | 'fromJson'>;

function createPlainText(codecs: WireCodecs): Text {
  return {
    toText: (value) => checkSize(toText(value, codecs)),
    fromJson: (json) => fromJson(json, codecs),
  };
}

function createOpaqueText(transformer: DataTransformer): Text {
  return {
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
