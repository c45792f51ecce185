import type { WireCodec } from '../wire-codec.ts';

/** Carries Maps, of any keys and values that travel, as a list of pairs. */
export const mapCodec: WireCodec<ReadonlyMap<unknown, unknown>> = {
  name: 'Map',
  is: (value): value is ReadonlyMap<unknown, unknown> =>
    Object.prototype.toString.call(value) === '[object Map]',
  encode: (map) => [...map],
  decode(payload) {
    if (Array.isArray(payload) && payload.every(isPair)) return new Map(payload);
    throw new TypeError('A Map travels as a list of pairs');
  },
};

function isPair(entry: unknown): entry is [unknown, unknown] {
  return Array.isArray(entry) && entry.length === 2;
}
