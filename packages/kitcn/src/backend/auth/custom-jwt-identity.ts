import type { JWTPayload } from 'jose';
import type { JSONValue } from 'convex/values';
import { isJsonObject } from '../../shared/json-object.ts';
import type { UserIdentity } from '../functions/function-host.ts';

/** RFC 7519's registered claims, and `fva`, which Convex drops as well. */
const DROPPED_CLAIMS: ReadonlySet<string> = new Set('iss sub aud exp nbf iat jti fva'.split(' '));

/** The identity of a customJwt provider: every claim under its own name, objects in it flattened to `a.b`. */
export function toCustomJwtIdentity(
  claims: JWTPayload,
  issuer: string,
  subject: string,
): UserIdentity {
  const fields = Object.entries(claims)
    .filter(([claim]) => !DROPPED_CLAIMS.has(claim))
    // The payload came out of JSON.parse.
    .flatMap(([claim, value]) => flatten(claim, value as JSONValue));
  return {
    ...Object.fromEntries(fields),
    tokenIdentifier: `${issuer}|${subject}`,
    subject,
    issuer,
  };
}

function flatten(name: string, value: JSONValue): [string, JSONValue][] {
  if (!isJsonObject(value)) return [[name, value]];
  return Object.entries(value).flatMap(([key, inner]) =>
    inner === undefined ? [] : flatten(`${name}.${key}`, inner),
  );
}
