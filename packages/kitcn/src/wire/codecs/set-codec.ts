import type { WireCodec } from '../wire-codec.ts';

/** Carries Sets, of any members that travel, as a list. */
export const setCodec: WireCodec<ReadonlySet<unknown>> = {
  name: 'Set',
  is: (value): value is ReadonlySet<unknown> =>
    Object.prototype.toString.call(value) === '[object Set]',
  encode: (set) => [...set],
  decode(payload) {
    if (Array.isArray(payload)) return new Set(payload);
    throw new TypeError('A Set travels as a list');
  },
};
