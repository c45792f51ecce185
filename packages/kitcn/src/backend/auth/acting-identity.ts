import type { JSONValue } from 'convex/values';
import { isJsonObject } from '../../shared/json-object.ts';
import { BackendError } from '../backend-error.ts';
import type { UserIdentity } from '../functions/function-host.ts';

/**
 * The user that an admin acts as: base64 of a JSON object with the fields of a `UserIdentity`,
 * as `setAdminAuth(key, identity)` of the Convex clients sends it.
 */
export function parseActingIdentity(encoded: string): UserIdentity {
  return toActingIdentity(decodeFields(encoded));
}

/** The same of an object that came as it is. 400 `InvalidIdentity` if it does not say who. */
export function toActingIdentity(fields: Record<string, JSONValue>): UserIdentity {
  const { tokenIdentifier, subject, issuer } = fields;
  if (typeof subject === 'string' && typeof issuer === 'string') {
    const identifier =
      typeof tokenIdentifier === 'string' ? tokenIdentifier : `${issuer}|${subject}`;
    return { ...fields, subject, issuer, tokenIdentifier: identifier };
  }
  if (typeof tokenIdentifier !== 'string') {
    throw invalid('it needs "tokenIdentifier", or "issuer" and "subject"');
  }
  // An issuer is a URL and holds no bar; a subject may.
  const bar = tokenIdentifier.indexOf('|');
  return {
    ...fields,
    tokenIdentifier,
    issuer: typeof issuer === 'string' ? issuer : tokenIdentifier.slice(0, Math.max(bar, 0)),
    subject: typeof subject === 'string' ? subject : tokenIdentifier.slice(bar + 1),
  };
}

function decodeFields(encoded: string): Record<string, JSONValue> {
  let fields: unknown;
  try {
    fields = JSON.parse(Buffer.from(encoded, 'base64').toString('utf8'));
  } catch (cause) {
    throw invalid('it is not base64 of JSON', cause);
  }
  if (!isJsonObject(fields)) throw invalid('it is not a JSON object');
  // JSON.parse of an object makes nothing but JSON values.
  return fields as Record<string, JSONValue>;
}

function invalid(reason: string, cause?: unknown): BackendError {
  return new BackendError(
    400,
    'InvalidIdentity',
    `The identity to act as, behind the admin key, cannot be read: ${reason}.`,
    { cause },
  );
}
