/**
 * How a value that Convex does not know travels: an object with one key, `__crpc_<name>`, that holds the payload.
 * A user's key of that look gets one more underscore on the way out and loses it on the way in, so nothing that a user
 * sends is ever taken for a tag. Such keys are identifiers, which lets Convex validators describe them.
 */
const TAG_PREFIX = '__crpc_';
const LOOKS_LIKE_TAG = /^__+crpc_/;

/** The tag of a Date; its payload is the time in milliseconds since the epoch. */
export const DATE_TAG = '__crpc_Date';

/** The tags of the codecs for which procedures have Convex validators, as `toTag` makes them. */
export const MAP_TAG = '__crpc_Map';
export const SET_TAG = '__crpc_Set';

/** The tag around a value that a custom transformer has serialized. */
export const CUSTOM_TAG = '__crpc_Custom';

/** The tag of what the codec of that name carries. */
export function toTag(name: string): string {
  return `${TAG_PREFIX}${name}`;
}

export function looksLikeTag(key: string): boolean {
  return LOOKS_LIKE_TAG.test(key);
}

export function escapeKey(key: string): string {
  return looksLikeTag(key) ? `_${key}` : key;
}

export function unescapeKey(key: string): string {
  return looksLikeTag(key) ? key.slice(1) : key;
}

export function isTag(key: string): boolean {
  return key.startsWith(TAG_PREFIX);
}
