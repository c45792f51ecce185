import { decodeTag, enter, onlyField } from './decode-tag.ts';
import { classOf } from './exotic-object.ts';
import { isTag, unescapeKey } from './tag.ts';
import { startWalk } from './walk.ts';
import type { Walk } from './walk.ts';
import { NO_CODECS } from './wire-codec.ts';
import type { WireCodecs } from './wire-codec.ts';

/**
 * The value that `encodeValue` was given. Parts without tags are shared, not copied. Throws `PARSE_ERROR` with the path
 * of the first thing that cannot be read.
 */
export function decodeValue(value: unknown, codecs: WireCodecs = NO_CODECS): unknown {
  return decodeNode(value, startWalk(codecs));
}

function decodeNode(value: unknown, walk: Walk): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (classOf(value) === '[object ArrayBuffer]') return value;
  enter(walk);
  const decoded = Array.isArray(value)
    ? decodeArray(value, walk)
    : decodeFields(value as Record<string, unknown>, walk);
  walk.depth--;
  return decoded;
}

function decodeArray(array: unknown[], walk: Walk): unknown {
  let copy: unknown[] | undefined;
  for (let index = 0; index < array.length; index++) {
    walk.trail.push(index);
    const decoded = decodeNode(array[index], walk);
    walk.trail.pop();
    if (copy === undefined && decoded !== array[index]) copy = array.slice(0, index);
    copy?.push(decoded);
  }
  return copy ?? array;
}

function decodeFields(object: Record<string, unknown>, walk: Walk): unknown {
  const names = Object.keys(object);
  const [first] = names;
  if (first !== undefined && isTag(first)) {
    return decodeTag(first, walk, () => decodeNode(onlyField(object, walk), walk));
  }
  let changed = false;
  const copy: Record<string, unknown> = {};
  for (const name of names) {
    walk.trail.push(name);
    const decoded = decodeNode(object[name], walk);
    walk.trail.pop();
    const ownName = unescapeKey(name);
    changed ||= decoded !== object[name] || ownName !== name;
    copy[ownName] = decoded;
  }
  return changed ? copy : object;
}
