import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { JWK } from 'jose';
import type { JSONValue } from 'convex/values';

/** Audience of development tokens, the name that Convex's own auth packages give to an application. */
export const DEVELOPMENT_AUDIENCE = 'convex';

const ALGORITHM = 'EdDSA';

/** Claims that a token has already, or that say when it is valid. */
const RESERVED_CLAIMS: ReadonlySet<string> = new Set('iss sub aud exp iat nbf'.split(' '));

export interface DevelopmentToken {
  /** Origin of the backend's API. */
  issuer: string;
  subject: string;
  claims: Readonly<Record<string, JSONValue>>;
  /** From now, like `30m`, `1h` or `7d`. */
  expiresIn: string;
}

/** Where a data folder keeps the key that signs its development tokens. */
export function developmentKeyFile(dataDir: string): string {
  return path.join(dataDir, 'auth-key.json');
}

/** A private Ed25519 key; its `kid` is its thumbprint. */
export async function createDevelopmentKey(): Promise<JWK> {
  const { calculateJwkThumbprint, exportJWK, generateKeyPair } = await import('jose');
  const { privateKey } = await generateKeyPair(ALGORITHM, { crv: 'Ed25519', extractable: true });
  const jwk = await exportJWK(privateKey);
  return { ...jwk, kid: await calculateJwkThumbprint(jwk), alg: ALGORITHM, use: 'sig' };
}

/** The part of a development key that everybody may see. */
export function toPublicKey({ kty, crv, x, kid, alg, use }: JWK): JWK {
  return { kty, crv, x, kid, alg, use } as JWK;
}

/** The key in a file; rejects if it cannot be read or holds something else. */
export async function readDevelopmentKey(file: string): Promise<JWK> {
  const key: unknown = JSON.parse(await readFile(file, 'utf8'));
  if (typeof key === 'object' && key !== null && 'd' in key && 'kid' in key) return key as JWK;
  throw new SyntaxError(`${file} holds no private key`);
}

/** Whether a claim may be chosen freely. */
export function isFreeClaim(name: string): boolean {
  return !RESERVED_CLAIMS.has(name);
}

/** A token that the backend with this key accepts as one of its own users. */
export async function signDevelopmentToken(key: JWK, token: DevelopmentToken): Promise<string> {
  const { SignJWT, importJWK } = await import('jose');
  const { issuer, subject, claims, expiresIn } = token;
  return new SignJWT({ ...claims })
    .setProtectedHeader({ alg: ALGORITHM, kid: key.kid ?? '' })
    .setIssuer(issuer)
    .setSubject(subject)
    .setAudience(DEVELOPMENT_AUDIENCE)
    .setIssuedAt()
    .setExpirationTime(expiresIn)
    .sign(await importJWK(key, ALGORITHM));
}
