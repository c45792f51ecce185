import { BackendError } from '../backend-error.ts';
import { bytesOf, float64Of, int64Of, isJsonObject, valueKindOf } from './value-kind.ts';
import type { JsonObject } from './value-kind.ts';
import type { JSONValue } from 'convex/values';

const MAX_ARRAY_LENGTH = 8192;
const MAX_FIELDS = 1024;
const MAX_FIELD_NAME_LENGTH = 1024;
const MAX_DOCUMENT_NESTING = 16;
const MAX_DOCUMENT_BYTES = 1024 * 1024;
const MAX_IDENTIFIER_LENGTH = 64;

const IDENTIFIER = /^[A-Za-z][A-Za-z0-9_]*$/;
const PRINTABLE_ASCII = /^[\x20-\x7e]+$/;

/** Whether a name may be that of a top-level field, a table or an index. */
export function isIdentifier(name: string): boolean {
  return name.length <= MAX_IDENTIFIER_LENGTH && IDENTIFIER.test(name);
}

/**
 * Checks what every stored document must keep: well-formed values, names, sizes and depth. `fields` are without
 * `_id` and `_creationTime`.
 */
export function assertDocumentLimits(fields: JsonObject): void {
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
  if (size <= MAX_DOCUMENT_BYTES) return;
  throw new BackendError(
    400,
    'ValueTooLarge',
    `Value is too large (${size} bytes > maximum size ${MAX_DOCUMENT_BYTES} bytes)`,
  );
}

/**
 * The size of a value in bytes as Convex counts it. Throws `BackendError`s for values that are malformed or too
 * deep; nothing else of the backend has to be prepared for those.
 */
export function measureValue(value: JSONValue, maxNesting: number): number {
  return measure(value, { left: maxNesting, max: maxNesting });
}

interface Depth {
  readonly left: number;
  readonly max: number;
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
    throw new BackendError(
      400,
      'ValueTooNested',
      `Value is too nested (maximum nesting ${depth.max})`,
    );
  }
  const inner = { left: depth.left - 1, max: depth.max };
  if (Array.isArray(value)) {
    assertCount('Array length', value.length, MAX_ARRAY_LENGTH);
    return value.reduce((size: number, element) => size + measure(element, inner), 2);
  }
  const entries = isJsonObject(value) ? Object.entries(value) : [];
  assertCount('Object field count', entries.length, MAX_FIELDS);
  let size = 2;
  for (const [field, content] of entries) {
    assertFieldName(field);
    size += field.length + 1 + measure(content, inner);
  }
  return size;
}

function assertCount(what: string, count: number, max: number): void {
  if (count <= max) return;
  throw new BackendError(400, 'ValueTooLarge', `${what} is too large (${count} > maximum ${max})`);
}

function assertFieldName(field: string): void {
  if (field === '$commitTs') {
    throw new BackendError(
      400,
      'NotSupported',
      'Commit timestamps in documents are not supported by the embedded backend yet',
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
