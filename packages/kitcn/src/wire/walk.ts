import type { Trail } from './wire-error.ts';
import type { WireCodecs } from './wire-codec.ts';

/** Where a walk through a value stands. */
export interface Walk {
  readonly codecs: WireCodecs;
  readonly trail: Trail;
  /** Objects and arrays around the present value, as they are on the wire. */
  depth: number;
}

export function startWalk(codecs: WireCodecs): Walk {
  return { codecs, trail: [], depth: 0 };
}
