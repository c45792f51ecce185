import { DATE_TAG, isTag, unescapeKey } from './tag.ts';
import { startWalk } from './walk.ts';
import type { Walk } from './walk.ts';
import { NO_CODECS } from './wire-codec.ts';
import type { WireCodecs } from './wire-codec.ts';
import { unreadableError } from './wire-error.ts';
import { MAX_NESTING } from './wire-limits.ts';

/**
 * The value that `encodeValue` was given. Parts without tags are shared, not copied. Throws `PARSE_ERROR` with the path
 * of the first thing that cannot be read.
 */
export function decodeValue(value: unknown, codecs: WireCodecs = NO_CODECS): unknown {
  return decodeNode(value, startWalk(codecs));
}

function decodeNode(value: unknown, walk: Walk): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Object.prototype.toString.call(value) === '[object ArrayBuffer]') return value;
  enter(walk);
  const decoded = Array.isArray(value)
    ? decodeArray(value, walk)
    : decodeFields(value as Record<string, unknown>, walk);
  walk.depth--;
  return decoded;
}

/** One level deeper, which must be one that Convex has. */
export function enter(walk: Walk): void {
  if (walk.depth >= MAX_NESTING) {
    throw unreadableError(walk.trail, `nested deeper than ${MAX_NESTING} levels`);
  }
  walk.depth++;
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

/** What a tag holds; beside it there must be nothing that would be lost. */
export function onlyField(object: Record<string, unknown>, walk: Walk): unknown {
  const [payload, ...others] = Object.values(object);
  if (others.length > 0) throw unreadableError(walk.trail, 'a tag beside other fields');
  return payload;
}

/** What a tag stands for; `decodePayload` decodes what it holds. */
export function decodeTag(tag: string, walk: Walk, decodePayload: () => unknown): unknown {
  if (tag === DATE_TAG) return toDate(decodePayload(), walk);
  const codec = walk.codecs.byTag.get(tag);
  if (codec === undefined) {
    throw unreadableError(
      walk.trail,
      `it was sent with ${tag}, which this side has no transformer for`,
    );
  }
  const payload = decodePayload();
  try {
    return codec.decode(payload);
  } catch (cause) {
    throw unreadableError(walk.trail, `${tag} holds nothing that its codec reads`, cause);
  }
}

function toDate(time: unknown, walk: Walk): Date {
  if (typeof time !== 'number') throw unreadableError(walk.trail, 'a Date without a time');
  const date = new Date(time);
  if (Number.isNaN(date.getTime())) throw unreadableError(walk.trail, `${time} is not a time`);
  return date;
}
