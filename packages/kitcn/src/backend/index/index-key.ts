import { encodeKeyPart } from '../values/key-part.ts';
import { isObjectValue } from '../values/value-kind.ts';
import type { OptionalJson } from '../values/value-kind.ts';
import type { DocumentJson } from '../transaction/transaction.ts';

/** A field path such as `state.kind`, split once. */
export type FieldPath = readonly string[];

/** The fields that every index but `by_id` goes on with, so that equal values keep the order of creation. */
export const TIEBREAKERS: readonly string[] = ['_creationTime', '_id'];

/** The value at a path; `undefined` where any part of it is missing. */
export function fieldAt(document: OptionalJson, path: FieldPath): OptionalJson {
  let value = document;
  for (const part of path) {
    if (!isObjectValue(value) || !Object.hasOwn(value, part)) return undefined;
    value = value[part];
  }
  return value;
}

/** The key of a document in an index over `fields`, which end in `_id` and so make it unique. */
export function indexKeyOf(document: DocumentJson, fields: readonly FieldPath[]): Buffer {
  return Buffer.concat(fields.map((path) => encodeKeyPart(fieldAt(document, path))));
}
