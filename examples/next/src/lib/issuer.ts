import { importJWK, jwtVerify, SignJWT } from 'jose';

/** For whom a token is: the app's own cookie, or the deployment. */
export type Audience = 'session' | 'convex';

const LIFETIMES = { session: '7 days', convex: '5 minutes' } satisfies Record<Audience, string>;

/** Signs with the key whose public half the deployment's `auth.config.ts` knows. */
export async function signToken(subject: string, audience: Audience): Promise<string> {
  const key = readKey();
  return new SignJWT()
    .setProtectedHeader({ alg: key.alg, kid: key.kid })
    .setIssuer(process.env.AUTH_ISSUER!)
    .setAudience(audience)
    .setSubject(subject)
    .setIssuedAt()
    .setExpirationTime(LIFETIMES[audience])
    .sign(await importJWK(key));
}

/** Whose token this is; `null` if it is not ours, has expired, or is for somebody else. */
export async function readSubject(token: string, audience: Audience): Promise<string | null> {
  const { kty, crv, x, y, alg } = readKey();
  try {
    const { payload } = await jwtVerify(token, await importJWK({ kty, crv, x, y, alg }), {
      issuer: process.env.AUTH_ISSUER!,
      audience,
    });
    return payload.sub ?? null;
  } catch {
    return null;
  }
}

/** A private key as a JWK, from the environment like any secret. */
function readKey(): Record<'kty' | 'crv' | 'x' | 'y' | 'd' | 'alg' | 'kid', string> {
  return JSON.parse(process.env.AUTH_KEY!);
}
