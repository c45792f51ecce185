import { DATE_TAG, isTag, unescapeKey } from './tag.ts';
import { unreadableError } from './wire-error.ts';
import type { Trail } from './wire-error.ts';

/** The value that `encodeValue` was given. Parts without tags are shared, not copied. */
export function decodeValue(value: unknown): unknown {
  return decodeNode(value, []);
}

function decodeNode(value: unknown, trail: Trail): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return decodeArray(value, trail);
  if (Object.prototype.toString.call(value) === '[object ArrayBuffer]') return value;
  return decodeFields(value as Record<string, unknown>, trail);
}

function decodeArray(array: unknown[], trail: Trail): unknown {
  let copy: unknown[] | undefined;
  for (let index = 0; index < array.length; index++) {
    trail.push(index);
    const decoded = decodeNode(array[index], trail);
    trail.pop();
    if (copy === undefined && decoded !== array[index]) copy = array.slice(0, index);
    copy?.push(decoded);
  }
  return copy ?? array;
}

function decodeFields(object: Record<string, unknown>, trail: Trail): unknown {
  const keys = Object.keys(object);
  const [first] = keys;
  if (first !== undefined && isTag(first)) return decodeTag(first, object[first], trail);
  let changed = false;
  const copy: Record<string, unknown> = {};
  for (const key of keys) {
    trail.push(key);
    const decoded = decodeNode(object[key], trail);
    trail.pop();
    const ownKey = unescapeKey(key);
    changed ||= decoded !== object[key] || ownKey !== key;
    copy[ownKey] = decoded;
  }
  return changed ? copy : object;
}

function decodeTag(tag: string, payload: unknown, trail: Trail): Date {
  if (tag !== DATE_TAG) {
    throw unreadableError(trail, `it was sent with ${tag}, which this side has no transformer for`);
  }
  if (typeof payload !== 'number') throw unreadableError(trail, 'a Date without a time');
  const date = new Date(payload);
  if (Number.isNaN(date.getTime())) throw unreadableError(trail, `${payload} is not a time`);
  return date;
}
