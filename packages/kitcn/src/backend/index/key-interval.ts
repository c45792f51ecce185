/** The keys of an index from `start` up to, and without, `end`. */
export interface KeyInterval {
  readonly start: Uint8Array;
  readonly end: Uint8Array;
}

const AFTER_PREFIX = Uint8Array.of(0xff);
const ZERO = Uint8Array.of(0);

/**
 * The first position after all keys that begin with these parts. Another part begins with a tag far below FF, and a
 * part that goes on where one of these ended (a string that holds a zero byte) goes on with FF, so it lies behind.
 */
export function afterPrefix(prefix: Uint8Array): Uint8Array {
  return Buffer.concat([prefix, AFTER_PREFIX]);
}

/** The first position after one whole key. */
export function afterKey(key: Uint8Array): Uint8Array {
  return Buffer.concat([key, ZERO]);
}

/** The part of an interval that is still to be read after `key`, which need not exist any more. */
export function intervalBehind(
  interval: KeyInterval,
  key: Uint8Array,
  isDescending: boolean,
): KeyInterval {
  return isDescending
    ? { start: interval.start, end: earlier(interval.end, key) }
    : { start: later(interval.start, afterKey(key)), end: interval.end };
}

/** The part of an interval up to and with `key`, in reading order. */
export function intervalUpTo(
  interval: KeyInterval,
  key: Uint8Array,
  isDescending: boolean,
): KeyInterval {
  return isDescending
    ? { start: later(interval.start, key), end: interval.end }
    : { start: interval.start, end: earlier(interval.end, afterKey(key)) };
}

function earlier(left: Uint8Array, right: Uint8Array): Uint8Array {
  return Buffer.compare(left, right) <= 0 ? left : right;
}

function later(left: Uint8Array, right: Uint8Array): Uint8Array {
  return Buffer.compare(left, right) >= 0 ? left : right;
}
