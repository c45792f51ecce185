import { isJsonObject } from '../../shared/json-object.ts';
import { assert } from '../../shared/assert.ts';
import { bytesOf, float64Of, int64Of, valueKindOf } from './value-kind.ts';
import type { OptionalJson } from './value-kind.ts';

const TAG = {
  undefined: 0x01,
  null: 0x03,
  zero: 0x08,
  float64: 0x0d,
  false: 0x0e,
  true: 0x0f,
  string: 0x10,
  bytes: 0x11,
  array: 0x12,
  object: 0x15,
} as const;

/**
 * The order-preserving bytes of one value: comparing two of them byte by byte is comparing the values.
 * Every encoding begins with a tag below 0x16 and none ends inside another, except that content bytes 00 are
 * written 00 FF; so parts can be put one after the other.
 */
export function encodeKeyPart(value: OptionalJson): Buffer {
  if (typeof value === 'string') return stringPart(value);
  const bytes: number[] = [];
  append(bytes, value);
  return Buffer.from(bytes);
}

/** Most parts are short strings (ids among them), and those have no zero byte to escape. */
function stringPart(value: string): Buffer {
  const content = Buffer.from(value, 'utf8');
  if (content.includes(0)) {
    const bytes = [TAG.string];
    appendEscaped(bytes, content);
    return Buffer.from(bytes);
  }
  const part = Buffer.alloc(content.length + 2);
  part[0] = TAG.string;
  content.copy(part, 1);
  return part;
}

function append(out: number[], value: OptionalJson): void {
  switch (valueKindOf(value)) {
    case 'undefined':
      out.push(TAG.undefined);
      return;
    case 'null':
      out.push(TAG.null);
      return;
    case 'boolean':
      out.push(value === true ? TAG.true : TAG.false);
      return;
    case 'int64':
      appendInt64(out, int64Of(value));
      return;
    case 'float64':
      appendFloat64(out, float64Of(value));
      return;
    case 'string':
      out.push(TAG.string);
      appendEscaped(out, Buffer.from(String(value), 'utf8'));
      return;
    case 'bytes':
      out.push(TAG.bytes);
      appendEscaped(out, bytesOf(value));
      return;
    default:
      appendComposite(out, value);
  }
}

function appendComposite(out: number[], value: OptionalJson): void {
  if (Array.isArray(value)) {
    out.push(TAG.array);
    for (const element of value) append(out, element);
  } else {
    assert(isJsonObject(value), 'arrays and objects are the only composite values');
    out.push(TAG.object);
    for (const key of Object.keys(value).sort()) {
      appendEscaped(out, Buffer.from(key, 'utf8'));
      append(out, value[key]);
    }
  }
  out.push(0);
}

function appendEscaped(out: number[], content: Uint8Array | null): void {
  assert(content !== null, 'a malformed byte string reached the index');
  for (const byte of content) {
    out.push(byte);
    if (byte === 0) out.push(0xff);
  }
  out.push(0);
}

/** Two's complement, big-endian, in the smallest of 1, 2, 4 or 8 bytes; the tag tells sign and size. */
function appendInt64(out: number[], value: bigint | null): void {
  assert(value !== null, 'a malformed integer reached the index');
  if (value === 0n) {
    out.push(TAG.zero);
    return;
  }
  const step = [8, 16, 32, 64].findIndex((bits) => BigInt.asIntN(bits, value) === value);
  out.push(value < 0n ? TAG.zero - 1 - step : TAG.zero + 1 + step);
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64BE(value);
  for (let index = 8 - (1 << step); index < 8; index += 1) out.push(bytes[index] ?? 0);
}

/** IEEE bits, big-endian: negative numbers have all bits flipped, others the sign bit set. */
function appendFloat64(out: number[], value: number | null): void {
  assert(value !== null, 'a malformed float reached the index');
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleBE(value);
  const isNegative = (bytes[0] ?? 0) >= 0x80;
  out.push(TAG.float64);
  for (const [index, byte] of bytes.entries()) {
    out.push(isNegative ? byte ^ 0xff : index === 0 ? byte | 0x80 : byte);
  }
}
