import { isJsonObject } from '../../shared/json-object.ts';
import type { JSONValue } from 'convex/values';

/** The types of Convex values, in the order in which they sort. */
export type ValueKind =
  'undefined' | 'null' | 'int64' | 'float64' | 'boolean' | 'string' | 'bytes' | 'array' | 'object';

export type JsonObject = { [key: string]: JSONValue };

/** A Convex-encoded value, or `undefined` for a missing field. */
export type OptionalJson = JSONValue | undefined;

/** Which Convex value an encoded JSON value stands for. */
export function valueKindOf(json: OptionalJson): ValueKind {
  if (json === undefined) return 'undefined';
  if (json === null) return 'null';
  if (typeof json === 'number') return 'float64';
  if (typeof json === 'boolean') return 'boolean';
  if (typeof json === 'string') return 'string';
  if (Array.isArray(json)) return 'array';
  return kindOfObject(json);
}

/** Whether the value is an object of user fields, not an encoded integer, float or byte string. */
export function isObjectValue(json: OptionalJson): json is JsonObject {
  return isJsonObject(json) && kindOfObject(json) === 'object';
}

/** Whether the JSON is the marker that `convex/server` sends for `undefined`. */
export function isUndefinedMarker(json: JSONValue): boolean {
  return isJsonObject(json) && soleKeyOf(json) === '$undefined' && json['$undefined'] === null;
}

/** The integer of `{"$integer": base64}`; `null` if it is malformed. */
export function int64Of(json: OptionalJson): bigint | null {
  const bytes = eightBytesOf(json, '$integer');
  return bytes === null ? null : bytes.readBigInt64LE();
}

/** The number of a float, plain or as `{"$float": base64}`; `null` if it is malformed. */
export function float64Of(json: OptionalJson): number | null {
  if (typeof json === 'number') return json + 0;
  const bytes = eightBytesOf(json, '$float');
  return bytes === null ? null : bytes.readDoubleLE();
}

/** The bytes of `{"$bytes": base64}`; `null` if it is malformed. */
export function bytesOf(json: OptionalJson): Buffer | null {
  const text = isJsonObject(json) ? json['$bytes'] : undefined;
  return typeof text === 'string' ? Buffer.from(text, 'base64') : null;
}

/** The encoded form of an int64. */
export function encodeInt64(value: bigint): JSONValue {
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64LE(value);
  return { $integer: bytes.toString('base64') };
}

/** The encoded form of a float64: a plain number, or tagged where JSON has none. */
export function encodeFloat64(value: number): JSONValue {
  if (Number.isFinite(value) && !Object.is(value, -0)) return value;
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleLE(value);
  return { $float: bytes.toString('base64') };
}

function kindOfObject(json: JsonObject): ValueKind {
  switch (soleKeyOf(json)) {
    case '$integer':
      return 'int64';
    case '$float':
      return 'float64';
    case '$bytes':
      return 'bytes';
    default:
      return 'object';
  }
}

/** The key of an object that has exactly one; without building the list of keys. */
function soleKeyOf(json: JsonObject): string | undefined {
  let sole: string | undefined;
  for (const key in json) {
    if (sole !== undefined) return undefined;
    sole = key;
  }
  return sole;
}

function eightBytesOf(json: OptionalJson, tag: '$integer' | '$float'): Buffer | null {
  const text = isJsonObject(json) ? json[tag] : undefined;
  if (typeof text !== 'string') return null;
  const bytes = Buffer.from(text, 'base64');
  return bytes.length === 8 ? bytes : null;
}
