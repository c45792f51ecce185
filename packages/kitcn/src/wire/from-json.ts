import { jsonToConvex } from 'convex/values';
import type { JSONValue } from 'convex/values';
import { decodeTag, enter, onlyField } from './decode.ts';
import { noFieldNames } from './field-names.ts';
import { isTag, unescapeKey } from './tag.ts';
import { startWalk } from './walk.ts';
import type { Walk } from './walk.ts';
import type { WireCodecs } from './wire-codec.ts';
import { unreadableError } from './wire-error.ts';
import { nameProblem } from './wire-limits.ts';

type Fields = Record<string, unknown>;

/**
 * What `decodeValue(jsonToConvex(json))` gives, in one pass; what comes of JSON.parse is shared where nothing changes.
 * Throws `PARSE_ERROR` with the path of the first thing that cannot be read.
 */
export function fromJson(json: unknown, codecs: WireCodecs): unknown {
  return nodeFromJson(json, startWalk(codecs));
}

function nodeFromJson(json: unknown, walk: Walk): unknown {
  if (typeof json !== 'object' || json === null) return json;
  enter(walk);
  const value = Array.isArray(json)
    ? itemsFromJson(json, walk)
    : fieldsFromJson(json as Fields, walk);
  walk.depth--;
  return value;
}

function itemsFromJson(array: unknown[], walk: Walk): unknown {
  let copy: unknown[] | undefined;
  for (let index = 0; index < array.length; index++) {
    const item = array[index];
    let value = item;
    if (typeof item === 'object' && item !== null) {
      walk.trail.push(index);
      value = nodeFromJson(item, walk);
      walk.trail.pop();
    }
    if (copy !== undefined) copy.push(value);
    else if (value !== item) {
      copy = array.slice(0, index);
      copy.push(value);
    }
  }
  return copy ?? array;
}

function fieldsFromJson(object: Fields, walk: Walk): unknown {
  let names = noFieldNames();
  let copy: Fields | undefined;
  let hasEscapedNames = false;
  for (const name in object) {
    if (!Object.hasOwn(object, name)) continue;
    const isFirst = names.before === undefined;
    names = names.after(name);
    if (names.isSpecial) {
      if (isFirst && isTag(name))
        return decodeTag(name, walk, () => nodeFromJson(onlyField(object, walk), walk));
      if (isFirst && isConvexOwn(object, name)) return fromConvexOwn(object, name, walk);
      assertName(name, walk);
      hasEscapedNames = true;
    }
    const field = object[name];
    let value = field;
    if (typeof field === 'object' && field !== null) {
      walk.trail.push(name);
      value = nodeFromJson(field, walk);
      walk.trail.pop();
    }
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

/** How Convex writes what JSON lacks: `{ "$integer": "…" }`, `$float`, `$bytes`. */
function isConvexOwn(object: Fields, name: string): boolean {
  return name.startsWith('$') && Object.keys(object).length === 1;
}

function fromConvexOwn(object: Fields, name: string, walk: Walk): unknown {
  try {
    return jsonToConvex(object as JSONValue);
  } catch (cause) {
    throw unreadableError(walk.trail, `a broken ${name}`, cause);
  }
}

function assertName(name: string, walk: Walk): void {
  const problem = nameProblem(name);
  if (problem === undefined) return;
  walk.trail.push(name);
  throw unreadableError(walk.trail, problem);
}
