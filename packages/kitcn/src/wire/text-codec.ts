import { isCustom } from './custom-value.ts';
import { tryFromJson } from './from-json.ts';
import { CUSTOM_TAG } from './tag.ts';
import { tryToJson } from './to-json.ts';
import { isCodecTransformer, toTransformerPair } from './transformer.ts';
import type { DataTransformer, TransformerOption } from './transformer.ts';
import { NO_CODECS } from './wire-codec.ts';
import type { WireCodecs } from './wire-codec.ts';
import { mayBeTooLarge } from './wire-limits.ts';

/** One direction of the wire where it is text: Convex's JSON. Code inside Convex never sees it, and need not carry it. */
export interface ValueTextCodec {
  readonly transformer: DataTransformer | undefined;
  /**
   * A value as JSON text, in one pass; `undefined` for whatever is not quite regular, faults included. `writeText` writes
   * the rest, or says what is wrong with it.
   */
  tryText(value: unknown): string | undefined;
  /**
   * The value of parsed JSON, in one pass; parts that need no change are shared. `undefined` for what cannot be read:
   * `readJson` says why.
   */
  tryFromJson(json: unknown): unknown;
}

/** Both directions: `input` for arguments, `output` for results and error data. */
export interface TextCodec {
  readonly input: ValueTextCodec;
  readonly output: ValueTextCodec;
}

/** Makes the codec of a transformer option; without one, of Convex values and Dates. */
export type CreateTextCodec = (option: TransformerOption | undefined) => TextCodec;

/** The codec for where time counts: one pass does all that is regular. */
export function createTextCodec(option?: TransformerOption): TextCodec {
  const { input, output } = toTransformerPair(option);
  return { input: createValueTextCodec(input), output: createValueTextCodec(output) };
}

function createValueTextCodec(transformer: DataTransformer | undefined): ValueTextCodec {
  return transformer === undefined || isCodecTransformer(transformer)
    ? createPlainText(transformer, transformer?.['~codecs'] ?? NO_CODECS)
    : createOpaqueText(transformer);
}

function createPlainText(
  transformer: DataTransformer | undefined,
  codecs: WireCodecs,
): ValueTextCodec {
  return {
    transformer,
    tryText: (value) => tryText(value, codecs),
    tryFromJson: (json) => tryFromJson(json, codecs),
  };
}

function createOpaqueText(transformer: DataTransformer): ValueTextCodec {
  return {
    transformer,
    tryText(value) {
      const serialized = transformer.serialize(value);
      const text = tryText(serialized, NO_CODECS);
      if (text === undefined || Object.is(serialized, value)) return text;
      return `{"${CUSTOM_TAG}":${text}}`;
    },
    tryFromJson(json) {
      if (!isCustom(json)) return tryFromJson(json, NO_CODECS);
      const payload = tryFromJson(json[CUSTOM_TAG], NO_CODECS);
      return payload === undefined ? undefined : transformer.deserialize(payload);
    },
  };
}

function tryText(value: unknown, codecs: WireCodecs): string | undefined {
  const json = tryToJson(value, codecs);
  if (json === undefined) return undefined;
  const text = JSON.stringify(json);
  return mayBeTooLarge(text) ? undefined : text;
}
