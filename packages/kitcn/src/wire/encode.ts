import type { Value } from 'convex/values';
import { DATE_TAG, escapeKey } from './tag.ts';
import { wireError } from './wire-error.ts';
import type { Trail } from './wire-error.ts';

/** Convex's limit for arguments and results. */
const MAX_DEPTH = 64;
const MIN_INT64 = -(2n ** 63n);
const MAX_INT64 = 2n ** 63n - 1n;
const PRINTABLE_ASCII = /^[\x20-\x7e]+$/;

/**
 * A Convex value that says the same as `value`: Dates as tags, everything else as it is. Parts that need no change are
 * shared, not copied. Throws `BAD_REQUEST` with the path of the first thing that Convex cannot carry.
 */
export function encodeValue(value: unknown): Value {
  return encodeNode(value === undefined ? null : value, []);
}

function encodeNode(value: unknown, trail: Trail): Value {
  switch (typeof value) {
    case 'string':
    case 'number':
    case 'boolean':
      return value;
    case 'bigint':
      if (value >= MIN_INT64 && value <= MAX_INT64) return value;
      throw wireError(trail, `${value}n does not fit into 64 bits`);
    case 'object':
      return value === null ? null : encodeObject(value, trail);
    default:
      throw wireError(trail, `a value of type ${typeof value} has no form on the wire`);
  }
}

function encodeObject(value: object, trail: Trail): Value {
  if (trail.length > MAX_DEPTH) {
    throw wireError(trail, `nested deeper than ${MAX_DEPTH} levels, or refers to itself`);
  }
  if (Array.isArray(value)) return encodeArray(value, trail);
  // By tag, not by `instanceof`: values from other realms (workers, test runners, vm contexts) are as good.
  const kind = Object.prototype.toString.call(value);
  if (kind === '[object Date]') return encodeDate(value as Date, trail);
  if (kind === '[object ArrayBuffer]') return value as ArrayBuffer;
  if (isPlainObject(value)) return encodeFields(value, trail);
  throw wireError(trail, `${describe(value, kind)} has no form on the wire`);
}

function encodeDate(date: Date, trail: Trail): Value {
  const time = date.getTime();
  if (Number.isNaN(time)) throw wireError(trail, 'an invalid Date');
  return { [DATE_TAG]: time };
}

function encodeArray(array: readonly unknown[], trail: Trail): Value {
  let copy: Value[] | undefined;
  for (let index = 0; index < array.length; index++) {
    trail.push(index);
    const encoded = encodeNode(array[index], trail);
    trail.pop();
    if (copy === undefined && encoded !== array[index]) copy = array.slice(0, index) as Value[];
    copy?.push(encoded);
  }
  return copy ?? (array as Value[]);
}

function encodeFields(object: Record<string, unknown>, trail: Trail): Value {
  let changed = false;
  const copy: Record<string, Value> = {};
  for (const key of Object.keys(object)) {
    const field = object[key];
    if (field === undefined) {
      changed = true;
      continue;
    }
    trail.push(key);
    checkKey(key, trail);
    const encoded = encodeNode(field, trail);
    trail.pop();
    const sentKey = escapeKey(key);
    changed ||= encoded !== field || sentKey !== key;
    copy[sentKey] = encoded;
  }
  return changed ? copy : (object as Record<string, Value>);
}

function checkKey(key: string, trail: Trail): void {
  if (key === '') throw wireError(trail, 'a field name is empty');
  // Convex's own JSON conversion drops it without a word.
  if (key === '__proto__') throw wireError(trail, 'a field name must not be "__proto__"');
  if (key.startsWith('$')) throw wireError(trail, 'a field name must not start with "$"');
  if (!PRINTABLE_ASCII.test(key)) throw wireError(trail, 'a field name must be printable ASCII');
}

function isPlainObject(value: object): value is Record<string, unknown> {
  const prototype: unknown = Object.getPrototypeOf(value);
  // The last test lets in object literals of other realms: only their prototype has no prototype of its own.
  return (
    prototype === null ||
    prototype === Object.prototype ||
    Object.getPrototypeOf(prototype) === null
  );
}

function describe(value: object, kind: string): string {
  const name: unknown = value.constructor?.name;
  return typeof name === 'string' && name !== '' && name !== 'Object' ? `a ${name}` : kind;
}
