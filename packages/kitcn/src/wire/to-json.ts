import { convexToJson } from 'convex/values';
import { isPlainObject, tryBytes, tryTime } from './exotic-object.ts';
import { noFieldNames } from './field-names.ts';
import { SortedFields } from './sorted-fields.ts';
import { isInt64 } from './int64.ts';
import { DATE_TAG } from './tag.ts';
import type { WireCodecs } from './wire-codec.ts';
import { MAX_NESTING } from './wire-limits.ts';

/**
 * What `convexToJson(encodeValue(value))` gives, in one pass that copies only what must change, for `JSON.stringify`;
 * `undefined` for whatever is not quite regular, faulty values included. There the two steps say what it is.
 */
export function tryToJson(value: unknown, codecs: WireCodecs): unknown {
  return hasFieldsForAll() ? undefined : toJson(value, codecs, 0);
}

/** Whether every object inherits fields that `for in` would list. */
function hasFieldsForAll(): boolean {
  for (const _ in Object.prototype) return true;
  return false;
}

function toJson(value: unknown, codecs: WireCodecs, depth: number): unknown {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return value;
    case 'number':
      return Number.isFinite(value) && !Object.is(value, -0) ? value : convexToJson(value);
    case 'bigint':
      return isInt64(value) ? convexToJson(value) : undefined;
    case 'object':
      return value === null ? null : objectToJson(value, codecs, depth);
    default:
      return undefined;
  }
}

function objectToJson(value: object, codecs: WireCodecs, depth: number): unknown {
  if (depth >= MAX_NESTING) return undefined;
  if (Array.isArray(value)) return itemsToJson(value, codecs, depth + 1);
  if (isPlainObject(value)) return fieldsToJson(value, codecs, depth + 1);
  const time = tryTime(value);
  if (time !== undefined) return Number.isNaN(time) ? undefined : { [DATE_TAG]: time };
  const bytes = tryBytes(value);
  if (bytes !== undefined) return convexToJson(bytes);
  return exoticToJson(value, codecs, depth + 1);
}

function exoticToJson(value: object, codecs: WireCodecs, depth: number): unknown {
  const known = codecs.list.find(({ codec }) => codec.is(value));
  if (known === undefined) return undefined;
  let payload: unknown;
  try {
    payload = known.codec.encode(value);
  } catch {
    return undefined; // The two steps meet it again, and know where.
  }
  const sent = toJson(payload, codecs, depth);
  return sent === undefined ? undefined : { [known.tag]: sent };
}

function itemsToJson(array: readonly unknown[], codecs: WireCodecs, depth: number): unknown {
  if (hasToJson(array)) return undefined;
  let copy: unknown[] | undefined;
  for (let index = 0; index < array.length; index++) {
    const item = array[index];
    const sent = toJson(item, codecs, depth);
    if (sent === undefined) return undefined;
    if (copy !== undefined) copy.push(sent);
    else if (sent !== item) {
      copy = array.slice(0, index);
      copy.push(sent);
    }
  }
  return copy ?? array;
}

function fieldsToJson(object: Record<string, unknown>, codecs: WireCodecs, depth: number): unknown {
  if (hasToJson(object)) return undefined;
  let names = noFieldNames();
  let copy: Record<string, unknown> | undefined;
  let sorted: SortedFields | undefined;
  for (const name in object) {
    const field = object[name];
    if (field === undefined) continue; // JSON.stringify leaves it out as well.
    names = names.after(name);
    const sent = names.isSendable ? toJson(field, codecs, depth) : undefined;
    if (sent === undefined) return undefined;
    if (!names.isInOrder) {
      sorted ??= new SortedFields(names, copy ?? object);
      sorted.fields[names.sentName] = sent;
    } else if (sent !== field) {
      copy ??= { ...object };
      copy[name] = sent;
    }
  }
  return sorted?.end(names) ?? copy ?? object;
}

/** JSON.stringify would call it on what is not copied, even where it is no field. */
function hasToJson(value: object): boolean {
  return typeof (value as { toJSON?: unknown }).toJSON === 'function';
}
