import { exportJWK, generateKeyPair } from 'jose';

/** What the app signs with, and what the deployment must know to believe it. */
export interface AppKeys {
  issuer: string;
  /** The private key as JSON: for the app alone. */
  key: string;
  /** The public half as a URL that holds a key set. */
  jwks: string;
}

export async function createAppKeys(): Promise<AppKeys> {
  const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true });
  const named = { kid: 'app', alg: 'ES256', use: 'sig' };
  const keys = [{ ...(await exportJWK(publicKey)), ...named }];
  const jwks = Buffer.from(JSON.stringify({ keys })).toString('base64');
  return {
    issuer: 'https://next.example',
    key: JSON.stringify({ ...(await exportJWK(privateKey)), ...named }),
    jwks: `data:application/json;base64,${jwks}`,
  };
}
