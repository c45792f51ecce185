import type { DATE_TAG, MAP_TAG, SET_TAG } from './tag.ts';

/** A Date as plain Convex clients see it: milliseconds since the epoch under a tag. */
export interface EncodedDate {
  [DATE_TAG]: number;
}

/** A Map as plain Convex clients see it, where a codec carries Maps. */
export interface EncodedMap<K, V> {
  [MAP_TAG]: [Encoded<K>, Encoded<V>][];
}

/** A Set as plain Convex clients see it, where a codec carries Sets. */
export interface EncodedSet<T> {
  [SET_TAG]: Encoded<T>[];
}

/** The type of a value on the wire, for plain Convex clients; our own callers decode it. */
export type Encoded<T> = T extends Date
  ? EncodedDate
  : T extends string | number | bigint | boolean | null | undefined | ArrayBuffer
    ? T
    : T extends void
      ? null
      : T extends ReadonlyMap<infer K, infer V>
        ? EncodedMap<K, V>
        : T extends ReadonlySet<infer Member>
          ? EncodedSet<Member>
          : T extends Json
            ? T
            : T extends object
              ? { [K in keyof T]: Encoded<T[K]> }
              : T;

/**
 * Arguments on the wire. Mapped rather than `Encoded<Input>`, so that nothing is worked out until someone asks for them,
 * and so that what is inferred and what is written out are one type.
 */
export type EncodedArgs<Input> = { [K in keyof Input]: Encoded<Input[K]> };

/**
 * Arrays and objects of nothing but JSON travel as they are. Without a shortcut, TypeScript would never come to the end
 * of a type that is an array of itself, as what `z.json()` gives is.
 */
type Json =
  | string
  | number
  | boolean
  | null
  | undefined
  | readonly Json[]
  | { readonly [name: string]: Json };
