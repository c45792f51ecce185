import type { Value } from 'convex/values';
import { encodeValue } from './encode.ts';
import { CUSTOM_TAG } from './tag.ts';
import type { DataTransformer } from './transformer.ts';

/** What the transformer changed travels under a tag of its own, so that plain JSON from other clients still decodes. */
export function encodeCustom(value: unknown, transformer: DataTransformer): Value {
  const serialized = transformer.serialize(value);
  const encoded = encodeValue(serialized);
  return Object.is(serialized, value) ? encoded : { [CUSTOM_TAG]: encoded };
}
