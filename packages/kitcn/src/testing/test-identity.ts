import { createHash } from 'node:crypto';
import type { UserIdentity } from 'convex/server';
import type { JSONValue } from 'convex/values';
import { toActingIdentity } from '../backend/auth/acting-identity.ts';
import type { UserIdentity as KnownIdentity } from '../backend/functions/function-host.ts';

/** Who a test acts as; what is left out is filled in. */
export type TestIdentity = Partial<UserIdentity>;

const ISSUER = 'https://convex.test';

/** Equal attributes are one user, others another. */
export function toTestIdentity(attributes: TestIdentity): KnownIdentity {
  const known = Object.entries(attributes).filter(([, value]) => value !== undefined);
  // Claims come from JSON web tokens.
  const claims = Object.fromEntries(known) as Record<string, JSONValue>;
  if (typeof claims['tokenIdentifier'] === 'string') return toActingIdentity(claims);
  const hash = createHash('sha256').update(JSON.stringify(known)).digest('hex');
  return toActingIdentity({ issuer: ISSUER, subject: `user-${hash.slice(0, 12)}`, ...claims });
}
