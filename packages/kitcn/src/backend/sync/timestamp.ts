/** A timestamp as the sync protocol writes it: base64 of 8 bytes, the lowest first. Nanoseconds since the epoch. */
export function encodeTimestamp(timestamp: bigint): string {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(timestamp);
  return bytes.toString('base64');
}

/** `null` if it is no such text. */
export function decodeTimestamp(text: string): bigint | null {
  const bytes = Buffer.from(text, 'base64');
  return bytes.length === 8 && text.length === 12 ? bytes.readBigUInt64LE() : null;
}
