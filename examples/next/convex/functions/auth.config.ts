import type { AuthConfig } from 'convex/server';

/** The app signs its own tokens; a real one names its identity provider here. */
const issuer = process.env.AUTH_ISSUER;
const jwks = process.env.AUTH_JWKS;

export default {
  providers:
    issuer && jwks
      ? [{ type: 'customJwt', applicationID: 'convex', issuer, jwks, algorithm: 'ES256' }]
      : [],
} satisfies AuthConfig;
