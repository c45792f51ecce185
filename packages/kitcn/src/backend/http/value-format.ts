import type { JSONValue } from 'convex/values';
import { BackendError } from '../backend-error.ts';
import { toCleanJson } from './to-clean-json.ts';

/** How the values of a result are written: plain JSON, or the encoding that keeps every Convex value. */
export type ValueFormat = 'json' | 'convex_encoded_json';

const FORMATS: ReadonlyMap<unknown, ValueFormat> = new Map<unknown, ValueFormat>([
  [undefined, 'json'],
  [null, 'json'],
  ['json', 'json'],
  ['convex_clean_json', 'json'],
  ['convex_encoded_json', 'convex_encoded_json'],
  ['convex_json', 'convex_encoded_json'],
]);

/** The `format` of a request; 400 `BadFormat` for an unknown one. */
export function parseFormat(format: unknown): ValueFormat {
  const known = FORMATS.get(format);
  if (known) return known;
  throw new BackendError(
    400,
    'BadFormat',
    `"format" must be "json" or "convex_encoded_json". Not supported: ${String(JSON.stringify(format)).slice(0, 100)}.`,
  );
}

export function formatValue(encoded: JSONValue, format: ValueFormat): JSONValue {
  return format === 'json' ? toCleanJson(encoded) : encoded;
}
