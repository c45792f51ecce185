import { exportJWK, generateKeyPair, SignJWT } from 'jose';

const ISSUER = 'https://quickstart.example';

/** An identity provider of our own: what the backend must know of it, and tokens that it signs. */
export interface TokenIssuer {
  /** For `auth.config.ts`. */
  env: { AUTH_ISSUER: string; AUTH_JWKS: string };
  sign(subject: string): Promise<string>;
}

export async function createTokenIssuer(): Promise<TokenIssuer> {
  const { privateKey, publicKey } = await generateKeyPair('ES256');
  const key = { ...(await exportJWK(publicKey)), kid: 'quickstart', alg: 'ES256', use: 'sig' };
  const jwks = Buffer.from(JSON.stringify({ keys: [key] })).toString('base64');
  return {
    env: { AUTH_ISSUER: ISSUER, AUTH_JWKS: `data:application/json;base64,${jwks}` },
    sign: (subject) =>
      new SignJWT()
        .setProtectedHeader({ alg: 'ES256', kid: 'quickstart' })
        .setIssuer(ISSUER)
        .setAudience('quickstart')
        .setSubject(subject)
        .setIssuedAt()
        .setExpirationTime('1h')
        .sign(privateKey),
  };
}
