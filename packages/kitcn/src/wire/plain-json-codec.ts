import type { TextCodec, ValueTextCodec } from './text-codec.ts';
import { isCodecTransformer, toTransformerPair } from './transformer.ts';
import type { DataTransformer, TransformerOption } from './transformer.ts';
import { MAX_NESTING, mayBeTooLarge } from './wire-limits.ts';

/** Names of fields that Convex takes and that say no more than themselves: neither Convex's own nor like our tags. */
const PLAIN_NAME = /^(?!\$|__)[\x20-\x7e]{1,1024}$/;

/**
 * The codec for where bytes count for more than time. It carries what Convex's JSON and any other JSON write alike, and
 * leaves the rest to `writeText` and `readJson`: Dates, integers, bytes, and whatever a transformer may have a hand in.
 */
export function createPlainJsonCodec(option?: TransformerOption): TextCodec {
  const { input, output } = toTransformerPair(option);
  return { input: createValueCodec(input), output: createValueCodec(output) };
}

function createValueCodec(transformer: DataTransformer | undefined): ValueTextCodec {
  return transformer === undefined || isCodecTransformer(transformer)
    ? { transformer, tryText, tryFromJson }
    : { transformer, tryText: () => undefined, tryFromJson: () => undefined };
}

function tryText(value: unknown): string | undefined {
  const text: string | undefined = JSON.stringify(tryPlain(value, 0));
  return text === undefined || mayBeTooLarge(text) ? undefined : text;
}

/** A copy whose fields are sorted, as Convex's JSON has them. */
function tryPlain(value: unknown, depth: number): unknown {
  if (typeof value === 'number') {
    return Number.isFinite(value) && !Object.is(value, -0) ? value : undefined;
  }
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value !== 'object' || depth >= MAX_NESTING) return undefined;
  if (Array.isArray(value)) return tryItems(value, depth + 1);
  // Of other realms, or without a prototype, it may still be plain; that is rare, and not for here.
  if (Object.getPrototypeOf(value) !== Object.prototype) return undefined;
  return tryFields(value as Record<string, unknown>, depth + 1);
}

function tryItems(array: readonly unknown[], depth: number): unknown {
  const items = Array.from(array, (item) => tryPlain(item, depth));
  return items.includes(undefined) ? undefined : items;
}

function tryFields(object: Record<string, unknown>, depth: number): unknown {
  const fields: Record<string, unknown> = {};
  for (const name of Object.keys(object).sort()) {
    const field = object[name];
    if (field === undefined) continue;
    const plain = PLAIN_NAME.test(name) ? tryPlain(field, depth) : undefined;
    if (plain === undefined) return undefined;
    fields[name] = plain;
  }
  return fields;
}

function tryFromJson(json: unknown): unknown {
  return isPlainJson(json, 0) ? json : undefined;
}

function isPlainJson(json: unknown, depth: number): boolean {
  if (typeof json !== 'object' || json === null) return true;
  return (
    depth < MAX_NESTING &&
    Object.entries(json).every(([name, item]) => {
      return PLAIN_NAME.test(name) && isPlainJson(item, depth + 1);
    })
  );
}
