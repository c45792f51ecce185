import { decodeValue } from './decode.ts';
import { encodeValue } from './encode.ts';
import type { CodecTransformer } from './transformer.ts';
import { toWireCodecs } from './wire-codec.ts';
import type { WireCodec } from './wire-codec.ts';

/**
 * A transformer that carries objects of further classes anywhere in a value, beside Dates:
 * `createTransformer({ codecs: [mapCodec, setCodec] })`. Other than with a transformer of another make, procedures keep
 * their Convex validators. Both sides need the same codecs.
 */
export function createTransformer(options: { codecs: readonly WireCodec[] }): CodecTransformer {
  const codecs = toWireCodecs(options.codecs);
  return {
    '~codecs': codecs,
    serialize: (value) => encodeValue(value, codecs),
    deserialize: (value) => decodeValue(value, codecs),
  };
}
