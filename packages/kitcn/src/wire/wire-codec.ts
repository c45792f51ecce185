import { CRPCError } from '../errors/crpc-error.ts';
import { DATE_TAG, CUSTOM_TAG, toTag } from './tag.ts';

/**
 * Carries one class of objects that Convex cannot: `encode` says an object in values that travel (other codecs' values
 * included), `decode` makes it again. What `decode` throws is reported as a `PARSE_ERROR` with the path.
 */
export interface WireCodec<T extends object = object> {
  /** Unique and the same on both sides; letters and digits, since it becomes a field name on the wire. */
  readonly name: string;
  /** Asked for objects that are neither plain, arrays, Dates nor bytes. Should know values of other realms. */
  is(value: object): value is T;
  encode(value: T): unknown;
  decode(payload: unknown): T;
}

/** A set of codecs, as the walks need it. */
export interface WireCodecs {
  readonly list: readonly { readonly tag: string; readonly codec: WireCodec }[];
  readonly byTag: ReadonlyMap<string, WireCodec>;
}

export const NO_CODECS: WireCodecs = { list: [], byTag: new Map() };

/** Throws for a name that cannot be a tag or is taken. */
export function toWireCodecs(codecs: readonly WireCodec[]): WireCodecs {
  const byTag = new Map<string, WireCodec>();
  for (const codec of codecs) {
    const tag = toTag(codec.name);
    const isFree = tag !== DATE_TAG && tag !== CUSTOM_TAG && !byTag.has(tag);
    if (!isFree) throw misnamed(codec.name, 'is taken by another codec');
    if (!/^[A-Za-z][A-Za-z0-9]{0,63}$/.test(codec.name)) {
      throw misnamed(codec.name, 'is not of letters and digits');
    }
    byTag.set(tag, codec);
  }
  return { list: Array.from(byTag, ([tag, codec]) => ({ tag, codec })), byTag };
}

function misnamed(name: string, problem: string): CRPCError {
  const message = `The codec name "${name}" ${problem}`;
  return new CRPCError({ code: 'INTERNAL_SERVER_ERROR', message });
}
