import { jsonToConvex } from 'convex/values';
import type { JSONValue } from 'convex/values';
import { isCustom } from './custom-value.ts';
import { decodeTag, enter, onlyField } from './decode-tag.ts';
import { fieldNameProblem } from './field-name-problem.ts';
import { isConvexOwn, tryFromJson } from './from-json.ts';
import { CUSTOM_TAG, isTag } from './tag.ts';
import type { ValueTextCodec } from './text-codec.ts';
import { isCodecTransformer } from './transformer.ts';
import { startWalk } from './walk.ts';
import type { Walk } from './walk.ts';
import { NO_CODECS } from './wire-codec.ts';
import { unreadableError } from './wire-error.ts';

type Fields = Record<string, unknown>;

/** The value of parsed JSON. Throws `PARSE_ERROR` with the path of the first thing that cannot be read. */
export function readJson({ transformer }: ValueTextCodec, json: unknown): unknown {
  if (transformer === undefined) return read(json, startWalk(NO_CODECS));
  if (isCodecTransformer(transformer)) return read(json, startWalk(transformer['~codecs']));
  const walk = startWalk(NO_CODECS);
  if (!isCustom(json)) return read(json, walk);
  return transformer.deserialize(read(json[CUSTOM_TAG], walk));
}

function read(json: unknown, walk: Walk): unknown {
  const value = tryFromJson(json, walk.codecs, walk.depth);
  if (value === undefined) findFault(json as Fields | unknown[], walk); // Nothing else is at fault.
  return value;
}

/** Goes down to the first thing that cannot be read. */
function findFault(json: Fields | unknown[], walk: Walk): void {
  enter(walk);
  if (Array.isArray(json)) json.forEach((item, index) => visit(index, item, walk));
  else visitFields(json, walk);
  walk.depth--;
}

function visitFields(object: Fields, walk: Walk): void {
  const names = Object.keys(object);
  const [first = ''] = names;
  if (isTag(first)) {
    decodeTag(first, walk, () => read(onlyField(object, walk), walk));
    throw unreadableError(walk.trail, `${first} holds nothing that its codec reads`);
  }
  if (isConvexOwn(object, first)) assertConvexOwn(object, first, walk);
  for (const name of names) {
    const problem = name === '' ? undefined : fieldNameProblem(name);
    if (problem !== undefined) throw unreadableError([...walk.trail, name], problem);
    visit(name, object[name], walk);
  }
}

function visit(step: string | number, json: unknown, walk: Walk): void {
  walk.trail.push(step);
  read(json, walk);
  walk.trail.pop();
}

function assertConvexOwn(object: Fields, name: string, walk: Walk): void {
  try {
    jsonToConvex(object as JSONValue);
  } catch (cause) {
    throw unreadableError(walk.trail, `a broken ${name}`, cause);
  }
}
