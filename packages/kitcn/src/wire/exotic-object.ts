/**
 * Dates and bytes by what they are, not by `instanceof`: values of other realms (workers, test runners, vm contexts) are
 * as good, and what only says that it is one is none.
 */

/** `[object Date]`, of whatever realm it is; an object may say so and be none. */
export function classOf(value: object): string {
  return Object.prototype.toString.call(value);
}

/** The milliseconds of a Date, `NaN` for an invalid one; `undefined` for anything else. */
export function tryTime(value: object): number | undefined {
  const isOwn = Object.getPrototypeOf(value) === Date.prototype; // Sooner told than by its tag.
  if (!isOwn && classOf(value) !== '[object Date]') return undefined;
  try {
    return Date.prototype.getTime.call(value);
  } catch {
    return undefined;
  }
}

/** The ArrayBuffer, copied if it is of another realm, because Convex knows only its own; `undefined` for anything else. */
export function tryBytes(value: object): ArrayBuffer | undefined {
  if (classOf(value) !== '[object ArrayBuffer]') return undefined;
  try {
    ArrayBuffer.prototype.slice.call(value as ArrayBuffer, 0, 0);
  } catch {
    return undefined;
  }
  if (value instanceof ArrayBuffer) return value;
  return new Uint8Array(new Uint8Array(value as ArrayBuffer)).buffer;
}

/** An object literal, of whatever realm, or an object without a prototype. */
export function isPlainObject(value: object): value is Record<string, unknown> {
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype === Object.prototype || prototype === null) return true;
  // Only the prototype of literals has no prototype of its own. Convex, too, looks for the name of its constructor.
  return (
    Object.getPrototypeOf(prototype) === null && Object(prototype).constructor?.name === 'Object'
  );
}
