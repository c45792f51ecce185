import type { Value } from 'convex/values';
import { classOf, isPlainObject, tryBytes, tryTime } from './exotic-object.ts';
import { fieldNameProblem } from './field-name-problem.ts';
import { isInt64 } from './int64.ts';
import { DATE_TAG, escapeKey } from './tag.ts';
import { startWalk } from './walk.ts';
import type { Walk } from './walk.ts';
import { NO_CODECS } from './wire-codec.ts';
import type { WireCodec, WireCodecs } from './wire-codec.ts';
import { wireError } from './wire-error.ts';
import { MAX_NESTING } from './wire-limits.ts';

/**
 * A Convex value that says the same as `value`: Dates and what a codec knows as tags, everything else as it is. Parts
 * that need no change are shared, not copied. Throws `BAD_REQUEST` with the path of the first thing that Convex cannot
 * carry.
 */
export function encodeValue(value: unknown, codecs: WireCodecs = NO_CODECS): Value {
  return encodeNode(value === undefined ? null : value, startWalk(codecs));
}

function encodeNode(value: unknown, walk: Walk): Value {
  switch (typeof value) {
    case 'string':
    case 'number':
    case 'boolean':
      return value;
    case 'bigint':
      if (isInt64(value)) return value;
      throw wireError(walk.trail, `${value}n does not fit into 64 bits`);
    case 'object':
      return value === null ? null : encodeObject(value, walk);
    default:
      throw wireError(walk.trail, `a value of type ${typeof value} has no form on the wire`);
  }
}

function encodeObject(value: object, walk: Walk): Value {
  const bytes = tryBytes(value);
  if (bytes !== undefined) return bytes;
  if (walk.depth >= MAX_NESTING) {
    throw wireError(walk.trail, `nested deeper than ${MAX_NESTING} levels, or refers to itself`);
  }
  walk.depth++;
  const encoded = encodeContainer(value, walk);
  walk.depth--;
  return encoded;
}

function encodeContainer(value: object, walk: Walk): Value {
  if (Array.isArray(value)) return encodeArray(value, walk);
  if (isPlainObject(value)) return encodeFields(value, walk);
  const time = tryTime(value);
  if (time !== undefined) {
    if (Number.isNaN(time)) throw wireError(walk.trail, 'an invalid Date');
    return { [DATE_TAG]: time };
  }
  for (const { tag, codec } of walk.codecs.list) {
    if (codec.is(value)) return { [tag]: encodeNode(toPayload(value, codec, walk), walk) };
  }
  throw wireError(walk.trail, `${describe(value)} has no form on the wire`);
}

function toPayload(value: object, codec: WireCodec, walk: Walk): unknown {
  try {
    return codec.encode(value);
  } catch (cause) {
    throw wireError(walk.trail, `the codec ${codec.name} cannot write it`, cause);
  }
}

function encodeArray(array: readonly unknown[], walk: Walk): Value {
  let copy: Value[] | undefined;
  for (let index = 0; index < array.length; index++) {
    walk.trail.push(index);
    const encoded = encodeNode(array[index], walk);
    walk.trail.pop();
    if (copy === undefined && encoded !== array[index]) copy = array.slice(0, index) as Value[];
    copy?.push(encoded);
  }
  return copy ?? (array as Value[]);
}

function encodeFields(object: Record<string, unknown>, walk: Walk): Value {
  let changed = false;
  const copy: Record<string, Value> = {};
  for (const name of Object.keys(object)) {
    const field = object[name];
    if (field === undefined) {
      changed = true;
      continue;
    }
    walk.trail.push(name);
    const problem = fieldNameProblem(name);
    if (problem !== undefined) throw wireError(walk.trail, problem);
    const encoded = encodeNode(field, walk);
    walk.trail.pop();
    const sentName = escapeKey(name);
    changed ||= encoded !== field || sentName !== name;
    copy[sentName] = encoded;
  }
  return changed ? copy : (object as Record<string, Value>);
}

function describe(value: object): string {
  const name: unknown = value.constructor?.name;
  const isTelling = typeof name === 'string' && name !== '' && name !== 'Object';
  return isTelling ? `a ${name}` : classOf(value);
}
