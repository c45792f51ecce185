import { isJsonObject } from '../../shared/json-object.ts';
import { BackendError } from '../backend-error.ts';
import { bytesOf, float64Of, int64Of, valueKindOf } from './value-kind.ts';
import type { JsonObject } from './value-kind.ts';
import type { JSONValue } from 'convex/values';

export const MAX_ARRAY_LENGTH = 8192;
export const MAX_FIELDS = 1024;
const MAX_FIELD_NAME_LENGTH = 1024;
export const MAX_DOCUMENT_NESTING = 16;
export const MAX_DOCUMENT_BYTES: number = 1024 * 1024;
const MAX_IDENTIFIER_LENGTH = 64;
export const MAX_CALL_BYTES: number = 16 * 1024 * 1024;
/** A character of JSON stands for at most five bytes as Convex counts them: `1,` is a number of nine. */
const MAX_BYTES_OF_CHARACTER = 5;

/** How deep arguments and results may be nested. */
export const MAX_CALL_NESTING = 64;

const IDENTIFIER = /^[A-Za-z][A-Za-z0-9_]*$/;
const PRINTABLE_ASCII = /^[\x20-\x7e]+$/;

/** Whether a name may be that of a top-level field, a table or an index. */
export function isIdentifier(name: string): boolean {
  return name.length <= MAX_IDENTIFIER_LENGTH && IDENTIFIER.test(name);
}

/**
 * Checks what every stored document must keep: well-formed values, names, sizes and depth. `fields` are without
 * `_id` and `_creationTime`. Answers their size in bytes.
 */
export function assertDocumentLimits(fields: JsonObject): number {
  for (const field of Object.keys(fields)) {
    if (isIdentifier(field)) continue;
    throw invalidField(
      field,
      field.startsWith('_')
        ? 'names that begin with an underscore are reserved for system fields'
        : `top-level names are letters, digits and underscores, begin with a letter and have at most ${MAX_IDENTIFIER_LENGTH} characters`,
    );
  }
  const size = measureValue(fields, MAX_DOCUMENT_NESTING);
  if (size <= MAX_DOCUMENT_BYTES) return size;
  throw new BackendError(
    400,
    'ValueTooLarge',
    `Value is too large (${size} bytes > maximum size ${MAX_DOCUMENT_BYTES} bytes)`,
  );
}

/**
 * Checks the arguments or the result of a call, whose JSON text is `length` characters long: size and depth. `subject`
 * begins the message. Lists and objects may have any number of members here.
 */
export function assertCallLimits(subject: string, value: JSONValue, length: number): void {
  if (!isWithin(value, MAX_CALL_NESTING)) throw tooNested(MAX_CALL_NESTING);
  assertCallSize(subject, value, length);
}

/** The same for the data of a `ConvexError`, which may be a procedure's error around data as deep as any. */
export function assertErrorDataLimits(data: JSONValue, length: number): void {
  if (!isWithin(data, MAX_CALL_NESTING + 1)) throw tooNested(MAX_CALL_NESTING);
  assertCallSize('The data of a ConvexError is', data, length);
}

function assertCallSize(subject: string, value: JSONValue, length: number): void {
  if (length * MAX_BYTES_OF_CHARACTER <= MAX_CALL_BYTES) return;
  const size = measureCallValue(value);
  if (size <= MAX_CALL_BYTES) return;
  throw new BackendError(
    400,
    'ValueTooLarge',
    `${subject} too large (actual: ${size}, limit: ${MAX_CALL_BYTES})`,
  );
}

/** The size in bytes of arguments or of a result. */
export function measureCallValue(value: JSONValue): number {
  return measure(value, CALL_DEPTH);
}

/**
 * The size of a value in bytes as Convex counts it. Throws `BackendError`s for values that are malformed or too
 * deep; nothing else of the backend has to be prepared for those.
 */
export function measureValue(value: JSONValue, maxNesting: number): number {
  return measure(value, { left: maxNesting, max: maxNesting, limitsMembers: true });
}

interface Depth {
  readonly left: number;
  readonly max: number;
  /** Whether the numbers of elements and fields are limited. */
  readonly limitsMembers: boolean;
}

const CALL_DEPTH: Depth = { left: MAX_CALL_NESTING, max: MAX_CALL_NESTING, limitsMembers: false };

/** Whether a value is nested no deeper; an encoded integer, float or byte string counts as one level. */
function isWithin(value: JSONValue, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return true;
  if (levels === 0) return !Array.isArray(value) && valueKindOf(value) !== 'object';
  if (Array.isArray(value)) return value.every((element) => isWithin(element, levels - 1));
  for (const field in value) {
    if (!isWithin(value[field] ?? null, levels - 1)) return false;
  }
  return true;
}

function measure(value: JSONValue, depth: Depth): number {
  switch (valueKindOf(value)) {
    case 'string':
      return 2 + Buffer.byteLength(String(value));
    case 'int64':
      if (int64Of(value) === null) throw malformed(value);
      return 9;
    case 'float64':
      if (typeof value === 'number' ? !Number.isFinite(value) : float64Of(value) === null) {
        throw malformed(value);
      }
      return 9;
    case 'bytes':
      return measureBytes(value);
    case 'array':
    case 'object':
      return measureComposite(value, depth);
    default:
      return 1;
  }
}

function measureBytes(value: JSONValue): number {
  const bytes = bytesOf(value);
  const text = isJsonObject(value) ? value['$bytes'] : null;
  if (bytes === null || bytes.toString('base64') !== text) throw malformed(value);
  return 2 + bytes.length;
}

function measureComposite(value: JSONValue, depth: Depth): number {
  if (depth.left === 0) {
    throw tooNested(depth.max);
  }
  const { limitsMembers } = depth;
  const inner = { ...depth, left: depth.left - 1 };
  if (Array.isArray(value)) {
    if (limitsMembers) assertCount('Array length', value.length, MAX_ARRAY_LENGTH);
    return value.reduce((size: number, element) => size + measure(element, inner), 2);
  }
  const entries = isJsonObject(value) ? Object.entries(value) : [];
  if (limitsMembers) assertCount('Object field count', entries.length, MAX_FIELDS);
  let size = 2;
  for (const [field, content] of entries) {
    assertFieldName(field);
    size += field.length + 1 + measure(content, inner);
  }
  return size;
}

function tooNested(max: number): BackendError {
  return new BackendError(400, 'ValueTooNested', `Value is too nested (maximum nesting ${max})`);
}

function assertCount(what: string, count: number, max: number): void {
  if (count <= max) return;
  throw new BackendError(400, 'ValueTooLarge', `${what} is too large (${count} > maximum ${max})`);
}

function assertFieldName(field: string): void {
  if (field === '$commitTs') {
    throw new BackendError(
      400,
      'UnresolvedCommitTs',
      'A commit timestamp that is not known yet can be used within its mutation only',
    );
  }
  if (field.startsWith('$')) throw invalidField(field, "names that begin with '$' are reserved");
  if (field.length > MAX_FIELD_NAME_LENGTH) {
    throw invalidField(field, `names have at most ${MAX_FIELD_NAME_LENGTH} characters`);
  }
  if (!PRINTABLE_ASCII.test(field)) {
    throw invalidField(field, 'names are one or more printable ASCII characters');
  }
}

function invalidField(field: string, rule: string): BackendError {
  return new BackendError(
    400,
    'InvalidFieldName',
    `Field name ${JSON.stringify(field)} is invalid: ${rule}.`,
  );
}

function malformed(value: JSONValue): BackendError {
  return new BackendError(
    400,
    'MalformedValue',
    `Not a Convex value: ${JSON.stringify(value).slice(0, 100)}`,
  );
}
