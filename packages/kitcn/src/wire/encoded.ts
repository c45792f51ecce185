import type { DATE_TAG } from './tag.ts';

/** A Date as plain Convex clients see it: milliseconds since the epoch under a tag. */
export interface EncodedDate {
  [DATE_TAG]: number;
}

/** The type of a value on the wire, for plain Convex clients; our own callers decode it. */
export type Encoded<T> = T extends Date
  ? EncodedDate
  : T extends string | number | bigint | boolean | null | undefined | ArrayBuffer
    ? T
    : T extends void
      ? null
      : T extends object
        ? { [K in keyof T]: Encoded<T[K]> }
        : T;
