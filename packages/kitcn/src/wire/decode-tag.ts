import { DATE_TAG } from './tag.ts';
import type { Walk } from './walk.ts';
import { unreadableError } from './wire-error.ts';
import { MAX_NESTING } from './wire-limits.ts';

/** One level deeper, which must be one that Convex has. */
export function enter(walk: Walk): void {
  if (walk.depth >= MAX_NESTING) {
    throw unreadableError(walk.trail, `nested deeper than ${MAX_NESTING} levels`);
  }
  walk.depth++;
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
