import type { JWK } from 'jose';
import type { AuthProvider } from '../functions/function-host.ts';
import { DEVELOPMENT_AUDIENCE, toPublicKey } from './development-token.ts';

/** The backend as an OpenID provider of its own, for tokens of `kitcn auth token`. */
export interface DevelopmentIssuer {
  readonly provider: AuthProvider & { type: 'oidc' };
  /** What `/.well-known/openid-configuration` says. */
  readonly configuration: Readonly<Record<string, unknown>>;
  readonly keys: { readonly keys: JWK[] };
}

export const KEYS_PATH = '/.well-known/jwks.json';

/** An issuer at the origin of the API, whose tokens `key` signs. */
export function createDevelopmentIssuer(url: string, key: JWK): DevelopmentIssuer {
  return {
    provider: { type: 'oidc', domain: url, applicationID: DEVELOPMENT_AUDIENCE },
    configuration: {
      issuer: url,
      jwks_uri: `${url}${KEYS_PATH}`,
      id_token_signing_alg_values_supported: ['EdDSA'],
      response_types_supported: ['id_token'],
      subject_types_supported: ['public'],
    },
    keys: { keys: [toPublicKey(key)] },
  };
}

/** Whether only this machine reaches what listens on an address. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(?:\.\d{1,3}){3}$/.test(host);
}
