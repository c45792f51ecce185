import type { JSONValue } from 'convex/values';
import { isIdentifier } from '../model/names.ts';

/** A JSON value as a JavaScript literal: `{ auth: true, 'sign-in': [1, 2] }`. */
export function printJson(value: JSONValue): string {
  if (Array.isArray(value)) return `[${value.map(printJson).join(', ')}]`;
  if (typeof value === 'string') return printString(value);
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const members = Object.entries(value).flatMap(([key, member]) =>
    member === undefined ? [] : [`${printKey(key)}: ${printJson(member)}`],
  );
  return members.length === 0 ? '{}' : `{ ${members.join(', ')} }`;
}

/** A key of an object or a type literal. */
export function printKey(key: string): string {
  // As a plain key, it would set the prototype.
  if (key === '__proto__') return `['__proto__']`;
  return isIdentifier(key) ? key : printString(key);
}

/** A primitive value as a literal: `'admin'`, `3`, `7n`. */
export function printLiteral(value: unknown): string {
  if (typeof value === 'string') return printString(value);
  return typeof value === 'bigint' ? `${value}n` : String(value);
}

/** A text as a literal, in single quotes where that needs no escapes. */
export function printString(text: string): string {
  const quoted = JSON.stringify(text);
  return /['\\]/.test(quoted) ? quoted : `'${text}'`;
}
