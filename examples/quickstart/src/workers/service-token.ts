import { importJWK, SignJWT } from 'jose';

/** A JWT that says that this is the worker, signed with the key whose public half is in `auth.config.ts`. */
export async function createServiceToken(): Promise<string> {
  const key = JSON.parse(process.env.SERVICE_KEY!);
  return new SignJWT()
    .setProtectedHeader({ alg: key.alg, kid: key.kid })
    .setIssuer(process.env.AUTH_ISSUER!)
    .setAudience('quickstart')
    .setSubject('import-worker')
    .setIssuedAt()
    .setExpirationTime('5m')
    .sign(await importJWK(key));
}
