import type { WireCodecs } from './wire-codec.ts';

/** Turns values that Convex cannot carry into values that it can, and back. The shape is tRPC's and superjson's. */
export interface DataTransformer {
  serialize(value: unknown): unknown;
  deserialize(value: unknown): unknown;
}

/** One transformer for both directions, or one for arguments (`input`) and one for results (`output`). */
export type TransformerOption =
  DataTransformer | { input: DataTransformer; output: DataTransformer };

export interface TransformerPair {
  input: DataTransformer | undefined;
  output: DataTransformer | undefined;
}

/** The option, taken apart into its two directions. */
export function toTransformerPair(option: TransformerOption | undefined): TransformerPair {
  if (option === undefined) return { input: undefined, output: undefined };
  return 'serialize' in option ? { input: option, output: option } : option;
}

/** A transformer whose codecs our own walk knows: it then needs no pass of its own. */
export interface CodecTransformer extends DataTransformer {
  readonly '~codecs': WireCodecs;
}

export function isCodecTransformer(transformer: DataTransformer): transformer is CodecTransformer {
  return '~codecs' in transformer;
}
