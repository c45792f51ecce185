const NANOSECONDS_PER_MILLISECOND = 1_000_000n;

/** The last times given out, which neither kind of time may fall behind. */
export interface CommitTimes {
  /** Nanoseconds since the epoch. */
  readonly timestamp: bigint;
  /** `_creationTime` of the newest document, in milliseconds. */
  readonly creationTime: number;
}

/** The time as timestamps have it. */
export function toNanoseconds(milliseconds: number): bigint {
  return BigInt(Math.floor(milliseconds)) * NANOSECONDS_PER_MILLISECOND;
}

/** A commit timestamp: the present time, but always later than the last one. */
export function nextTimestamp(last: bigint, nowMilliseconds: number): bigint {
  const now = toNanoseconds(nowMilliseconds);
  return now > last ? now : last + 1n;
}

/** A creation time: the present time, but always at least one representable number after the last one. */
export function nextCreationTime(last: number, nowMilliseconds: number): number {
  return nowMilliseconds > last ? nowMilliseconds : nextFloat(last);
}

const float = new Float64Array(1);
const bits = new BigUint64Array(float.buffer);

/** The next representable number above a positive one. */
function nextFloat(value: number): number {
  float[0] = value;
  bits[0] = (bits[0] ?? 0n) + 1n;
  return float[0];
}
