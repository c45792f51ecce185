import type { JWTPayload } from 'jose';
import type { JSONValue } from 'convex/values';
import type { UserIdentity } from '../functions/function-host.ts';

const STRING_FIELDS: Readonly<Record<string, string>> = {
  name: 'name',
  given_name: 'givenName',
  family_name: 'familyName',
  nickname: 'nickname',
  preferred_username: 'preferredUsername',
  profile: 'profileUrl',
  picture: 'pictureUrl',
  website: 'websiteUrl',
  email: 'email',
  gender: 'gender',
  birthdate: 'birthday',
  zoneinfo: 'timezone',
  locale: 'language',
  phone_number: 'phoneNumber',
};

const BOOLEAN_FIELDS: Readonly<Record<string, string>> = {
  email_verified: 'emailVerified',
  phone_number_verified: 'phoneNumberVerified',
};

/** Claims that say something about the token, not about the user, and those that Convex drops. */
const TOKEN_CLAIMS: ReadonlySet<string> = new Set(
  'iss sub aud exp iat nbf jti fva auth_time nonce acr amr azp at_hash c_hash'.split(' '),
);

/** The identity that Convex makes of the claims of an OpenID Connect token; other claims keep their name. */
export function toOidcIdentity(claims: JWTPayload, issuer: string, subject: string): UserIdentity {
  const known: [string, JSONValue][] = [];
  const others: [string, JSONValue][] = [];
  for (const [claim, value] of Object.entries(claims)) {
    if (TOKEN_CLAIMS.has(claim) || value === undefined) continue;
    if (isStandard(claim)) known.push(...toStandardField(claim, value));
    // The payload came out of JSON.parse.
    else others.push([claim, value as JSONValue]);
  }
  return {
    ...Object.fromEntries(others),
    ...Object.fromEntries(known),
    tokenIdentifier: `${issuer}|${subject}`,
    subject,
    issuer,
  };
}

function isStandard(claim: string): boolean {
  return (
    Object.hasOwn(STRING_FIELDS, claim) ||
    Object.hasOwn(BOOLEAN_FIELDS, claim) ||
    claim === 'address' ||
    claim === 'updated_at'
  );
}

/** Nothing for a claim whose value is not of the type that the standard gives it. */
function toStandardField(claim: string, value: unknown): [string, JSONValue][] {
  const stringField = STRING_FIELDS[claim];
  if (stringField !== undefined) return typeof value === 'string' ? [[stringField, value]] : [];
  const booleanField = BOOLEAN_FIELDS[claim];
  if (booleanField !== undefined) return typeof value === 'boolean' ? [[booleanField, value]] : [];
  if (claim === 'updated_at') {
    const time = typeof value === 'number' ? new Date(value * 1000) : new Date(String(value));
    return Number.isNaN(time.getTime()) ? [] : [['updatedAt', time.toISOString()]];
  }
  if (typeof value !== 'object' || value === null || !('formatted' in value)) return [];
  return typeof value.formatted === 'string' ? [['address', value.formatted]] : [];
}
