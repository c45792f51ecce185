import type { AuthConfig } from 'convex/server';

/** The demo signs its own tokens; a real app names its identity provider here. */
const issuer = process.env.AUTH_ISSUER;
const jwks = process.env.AUTH_JWKS;

export default {
  providers:
    issuer && jwks
      ? [{ type: 'customJwt', applicationID: 'quickstart', issuer, jwks, algorithm: 'ES256' }]
      : [],
} satisfies AuthConfig;
