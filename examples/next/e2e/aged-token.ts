import { importJWK, SignJWT } from 'jose';
import type { AppKeys } from '../dev/app-keys.ts';

/**
 * A token that looks to its holder as if it lasted for ten minutes and expires in `secondsLeft`. So the client means to
 * refresh it much too late, and the deployment has to speak up.
 */
export async function signAgedToken(
  { key, issuer }: AppKeys,
  subject: string,
  secondsLeft: number,
): Promise<string> {
  const jwk = JSON.parse(key);
  const now = Math.floor(Date.now() / 1000);
  return new SignJWT()
    .setProtectedHeader({ alg: jwk.alg, kid: jwk.kid })
    .setIssuer(issuer)
    .setAudience('convex')
    .setSubject(subject)
    .setIssuedAt(now - 600)
    .setExpirationTime(now + secondsLeft)
    .sign(await importJWK(jwk));
}
