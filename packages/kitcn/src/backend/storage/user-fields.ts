import type { DocumentJson } from '../transaction/transaction.ts';
import type { JsonObject } from '../values/value-kind.ts';

/** The fields of a document that validators are about: all but `_id` and `_creationTime`. */
export function userFieldsOf(document: DocumentJson): JsonObject {
  const { _id, _creationTime, ...fields } = document;
  return fields;
}
