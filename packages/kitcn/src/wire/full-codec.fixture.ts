import { createCodec } from './codec.ts';
import type { ValueCodec } from './codec.ts';
import { createTextCodec } from './text-codec.ts';
import type { ValueTextCodec } from './text-codec.ts';
import { readJson } from './read-json.ts';
import type { TransformerOption } from './transformer.ts';
import { writeText } from './write-text.ts';

/** One direction of the wire, as values and as text. */
export interface FullValueCodec extends ValueCodec, ValueTextCodec {
  toText(value: unknown): string;
  fromJson(json: unknown): unknown;
}

/** Both halves of the codec of a transformer option. */
export function createFullCodec(option?: TransformerOption): {
  input: FullValueCodec;
  output: FullValueCodec;
} {
  const values = createCodec(option);
  const texts = createTextCodec(option);
  const join = (value: ValueCodec, text: ValueTextCodec): FullValueCodec => ({
    ...value,
    ...text,
    toText: (given) => writeText(text, given),
    fromJson: (json) => readJson(text, json),
  });
  return {
    input: join(values.input, texts.input),
    output: join(values.output, texts.output),
  };
}
