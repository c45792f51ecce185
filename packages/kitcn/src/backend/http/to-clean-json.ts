import { jsonToConvex } from 'convex/values';
import type { JSONValue, Value } from 'convex/values';

/**
 * A Convex-encoded value as the plain JSON of `format: "json"`: an int64 is a decimal string, bytes are base64,
 * NaN and the infinities are their names. Lossy on purpose.
 */
export function toCleanJson(encoded: JSONValue): JSONValue {
  return clean(jsonToConvex(encoded));
}

function clean(value: Value): JSONValue {
  if (typeof value === 'bigint') return value.toString();
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value);
  if (value instanceof ArrayBuffer) return Buffer.from(value).toString('base64');
  if (Array.isArray(value)) return value.map(clean);
  if (typeof value !== 'object' || value === null) return value;
  // An encoded value holds no `undefined`; only the type does.
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [key, clean(inner ?? null)]),
  );
}
