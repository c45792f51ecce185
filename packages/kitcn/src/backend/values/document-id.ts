import { randomFillSync } from 'node:crypto';

/** What an id says: the number of its table, and sixteen bytes of its own. */
export interface DocumentId {
  readonly tableNumber: number;
  readonly internalId: Uint8Array;
}

const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';
const INTERNAL_ID_BYTES = 16;
const FOOTER_BYTES = 2;
const MAX_TABLE_NUMBER = 0xffff_ffff;
const MILLISECONDS_PER_DAY = 86_400_000;

const digitOf = new Map([...ALPHABET].map((character, digit) => [character, digit]));

/**
 * The text of an id: base32 of the table number (seven bits a byte, low first), the internal id
 * and a checksum. Convex's format, 31 to 37 characters.
 */
export function encodeDocumentId({ tableNumber, internalId }: DocumentId): string {
  const bytes: number[] = [];
  for (let rest = tableNumber; ; rest = Math.floor(rest / 128)) {
    bytes.push(rest < 128 ? rest : (rest % 128) | 128);
    if (rest < 128) break;
  }
  bytes.push(...internalId);
  const checksum = fletcher16(bytes);
  bytes.push(checksum & 0xff, checksum >> 8);
  return toBase32(bytes);
}

/** `null` if the text is not exactly what `encodeDocumentId` makes of some id. */
export function decodeDocumentId(text: string): DocumentId | null {
  if (text.length < 31 || text.length > 37) return null;
  const bytes = fromBase32(text);
  if (bytes === null) return null;
  let tableNumber = 0;
  let offset = 0;
  for (let factor = 1; ; factor *= 128) {
    const byte = bytes[offset];
    if (byte === undefined || offset === 5) return null;
    offset += 1;
    tableNumber += (byte & 127) * factor;
    if (byte < 128) break;
  }
  if (tableNumber > MAX_TABLE_NUMBER) return null;
  if (bytes.length !== offset + INTERNAL_ID_BYTES + FOOTER_BYTES) return null;
  const id = { tableNumber, internalId: bytes.slice(offset, offset + INTERNAL_ID_BYTES) };
  // One text per id: spare bits, a wrong checksum and padded table numbers all differ here.
  return encodeDocumentId(id) === text ? id : null;
}

/** Fourteen random bytes, then the day since 1970, so that ids of one day lie together. */
export function createInternalId(nowMilliseconds: number): Uint8Array {
  const bytes = randomFillSync(new Uint8Array(INTERNAL_ID_BYTES));
  const day = Math.floor(nowMilliseconds / MILLISECONDS_PER_DAY);
  bytes[14] = (day >> 8) & 0xff;
  bytes[15] = day & 0xff;
  return bytes;
}

function fletcher16(bytes: readonly number[]): number {
  let first = 0;
  let second = 0;
  for (const byte of bytes) {
    first = (first + byte) & 0xff;
    second = (second + first) & 0xff;
  }
  return (second << 8) | first;
}

function toBase32(bytes: readonly number[]): string {
  let text = '';
  let buffer = 0;
  let bits = 0;
  for (const byte of bytes) {
    buffer = ((buffer << 8) | byte) & 0xfff;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      text += ALPHABET[(buffer >> bits) & 31];
    }
  }
  return bits === 0 ? text : text + ALPHABET[(buffer << (5 - bits)) & 31];
}

function fromBase32(text: string): Uint8Array | null {
  const bytes = new Uint8Array(Math.floor((text.length * 5) / 8));
  let length = 0;
  let buffer = 0;
  let bits = 0;
  for (const character of text) {
    const digit = digitOf.get(character);
    if (digit === undefined) return null;
    buffer = ((buffer << 5) | digit) & 0xfff;
    bits += 5;
    if (bits >= 8) {
      bits -= 8;
      bytes[length++] = (buffer >> bits) & 0xff;
    }
  }
  return bytes;
}
