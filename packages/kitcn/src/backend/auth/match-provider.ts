import type { JWTPayload } from 'jose';
import { BackendError } from '../backend-error.ts';
import type { AuthProvider } from '../functions/function-host.ts';

/** Domain or issuer in the one form in which they are compared: with a scheme, without a trailing slash. */
export function normalizeIssuer(issuer: string): string {
  const withScheme = /^[a-z][a-z\d+.-]*:\/\//i.test(issuer) ? issuer : `https://${issuer}`;
  return withScheme.replace(/\/+$/, '');
}

/** The `aud` claim as a list. */
export function listAudiences(claims: JWTPayload): string[] {
  if (claims.aud === undefined) return [];
  return Array.isArray(claims.aud) ? claims.aud : [claims.aud];
}

/**
 * The provider for a token whose signature is not checked yet: `iss` must be its issuer and `aud` must hold its
 * application ID (customJwt: only if it has one). 401 `NoAuthProvider` if there is none.
 */
export function matchProvider(
  providers: readonly AuthProvider[],
  claims: JWTPayload & { iss: string },
): AuthProvider {
  const issuer = normalizeIssuer(claims.iss);
  const audiences = listAudiences(claims);
  const match = providers.find((provider) => {
    const own = provider.type === 'oidc' ? provider.domain : provider.issuer;
    const { applicationID } = provider;
    return (
      normalizeIssuer(own) === issuer &&
      (applicationID === undefined || audiences.includes(applicationID))
    );
  });
  if (match) return match;
  throw new BackendError(401, 'NoAuthProvider', noProviderMessage(providers, claims));
}

function noProviderMessage(
  providers: readonly AuthProvider[],
  claims: JWTPayload & { iss: string },
): string {
  if (providers.length === 0) {
    return 'The request carries a token, but auth.config.ts configures no provider.';
  }
  const token = JSON.stringify({ iss: claims.iss, aud: claims.aud }).slice(0, 300);
  const known = providers.map((provider) =>
    JSON.stringify({
      iss: provider.type === 'oidc' ? provider.domain : provider.issuer,
      aud: provider.applicationID,
    }),
  );
  return `No provider of auth.config.ts matches the token's ${token}. Configured: ${known.join(', ')}.`;
}
