import { jsonToConvex } from 'convex/values';
import type { JSONValue } from 'convex/values';
import { noFieldNames } from './field-names.ts';
import { DATE_TAG, isTag, unescapeKey } from './tag.ts';
import type { WireCodecs } from './wire-codec.ts';
import { MAX_NESTING } from './wire-limits.ts';

type Fields = Record<string, unknown>;

/**
 * What `decodeValue(jsonToConvex(json))` gives, in one pass; what comes of JSON.parse is shared where nothing changes.
 * `undefined` for what cannot be read: `readJson` says why.
 * @param depth objects and arrays around it
 */
export function tryFromJson(json: unknown, codecs: WireCodecs, depth = 0): unknown {
  if (typeof json !== 'object' || json === null) return json;
  if (depth >= MAX_NESTING) return undefined;
  return Array.isArray(json)
    ? itemsFromJson(json, codecs, depth + 1)
    : fieldsFromJson(json as Fields, codecs, depth + 1);
}

function itemsFromJson(array: unknown[], codecs: WireCodecs, depth: number): unknown {
  let copy: unknown[] | undefined;
  for (let index = 0; index < array.length; index++) {
    const item = array[index];
    const value = tryFromJson(item, codecs, depth);
    if (value === undefined) return undefined;
    if (copy !== undefined) copy.push(value);
    else if (value !== item) {
      copy = array.slice(0, index);
      copy.push(value);
    }
  }
  return copy ?? array;
}

function fieldsFromJson(object: Fields, codecs: WireCodecs, depth: number): unknown {
  let names = noFieldNames();
  let copy: Fields | undefined;
  let hasEscapedNames = false;
  for (const name in object) {
    if (!Object.hasOwn(object, name)) continue;
    const isFirst = names.before === undefined;
    names = names.after(name);
    if (names.isSpecial) {
      if (isFirst && isTag(name)) return fromTag(object, codecs, depth);
      if (isFirst && isConvexOwn(object, name)) return fromConvexOwn(object);
      if (!names.isSendable) return undefined;
      hasEscapedNames = true;
    }
    const field = object[name];
    const value = tryFromJson(field, codecs, depth);
    if (value === undefined) return undefined;
    if (value !== field) {
      copy ??= { ...object };
      copy[name] = value;
    }
  }
  return hasEscapedNames ? unescapeNames(copy ?? object) : (copy ?? object);
}

function unescapeNames(object: Fields): Fields {
  const fields: Fields = {};
  for (const name of Object.keys(object)) fields[unescapeKey(name)] = object[name];
  return fields;
}

function fromTag(object: Fields, codecs: WireCodecs, depth: number): unknown {
  const [[tag, json] = ['', undefined], ...others] = Object.entries(object);
  const payload = others.length > 0 ? undefined : tryFromJson(json, codecs, depth);
  if (payload === undefined) return undefined;
  if (tag === DATE_TAG) return tryDate(payload);
  try {
    return codecs.byTag.get(tag)?.decode(payload);
  } catch {
    return undefined;
  }
}

function tryDate(time: unknown): Date | undefined {
  const date = typeof time === 'number' ? new Date(time) : undefined;
  return Number.isNaN(date?.getTime()) ? undefined : date;
}

/** How Convex writes what JSON lacks: `{ "$integer": "…" }`, `$float`, `$bytes`. */
export function isConvexOwn(object: Fields, name: string): boolean {
  return name.startsWith('$') && Object.keys(object).length === 1;
}

function fromConvexOwn(object: Fields): unknown {
  try {
    return jsonToConvex(object as JSONValue);
  } catch {
    return undefined;
  }
}
