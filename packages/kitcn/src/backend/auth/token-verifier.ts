import { decodeJwt, decodeProtectedHeader, errors, jwtVerify } from 'jose';
import type { JWTPayload, JWTVerifyOptions } from 'jose';
import { must } from '../../shared/assert.ts';
import { BackendError } from '../backend-error.ts';
import type { Clock } from '../../shared/clock.ts';
import type { AuthProvider, UserIdentity } from '../functions/function-host.ts';
import { toCustomJwtIdentity } from './custom-jwt-identity.ts';
import { listAudiences, matchProvider } from './match-provider.ts';
import { toOidcIdentity } from './oidc-identity.ts';
import { ProviderKeys } from './provider-keys.ts';

/** Seconds by which the clock of a customJwt issuer may be off. */
const CUSTOM_JWT_LEEWAY = 5;

/** What a token says. */
export interface VerifiedToken {
  readonly identity: UserIdentity;
  /** From when on it would be refused, leeway included; milliseconds since the epoch. */
  readonly expiresAt: number;
}

/**
 * Verifies the tokens of end users against the providers of `auth.config.ts`, at the time of the clock. Refusals are
 * `BackendError`s with Convex's codes: 401 `InvalidAuthHeader`, `NoAuthProvider` or `Unauthenticated`, 400
 * `AuthProviderDiscoveryFailed`.
 */
export class TokenVerifier {
  #providers: readonly AuthProvider[] = [];
  readonly #clock: Clock;
  readonly #keys: ProviderKeys;

  constructor(clock: Clock, keys: ProviderKeys = new ProviderKeys()) {
    this.#clock = clock;
    this.#keys = keys;
  }

  setProviders(providers: readonly AuthProvider[]): void {
    this.#providers = providers;
  }

  async verify(token: string): Promise<VerifiedToken> {
    const { claims, keyId } = parseToken(token);
    const { ownProvider } = this.#keys;
    // The project's own configuration comes first.
    const providers = ownProvider === null ? this.#providers : [...this.#providers, ownProvider];
    const provider = matchProvider(providers, claims);
    if (provider.type === 'customJwt' && keyId === undefined) {
      throw invalidToken('its header names no key ("kid")');
    }
    const verified = await this.#verifySignature(token, provider);
    const { iss, sub } = verified;
    if (iss === undefined || sub === undefined) throw invalidToken('"iss" or "sub" is missing');
    const expiry = must(verified.exp, 'a verified token has an expiry');
    if (provider.type === 'customJwt') {
      const identity = toCustomJwtIdentity(verified, iss, sub);
      return { identity, expiresAt: (expiry + CUSTOM_JWT_LEEWAY) * 1000 };
    }
    if (listAudiences(verified).length > 1) {
      throw new BackendError(
        401,
        'Unauthenticated',
        'The token is for several audiences, which an OpenID Connect provider must not do.',
      );
    }
    return { identity: toOidcIdentity(verified, iss, sub), expiresAt: expiry * 1000 };
  }

  async #verifySignature(token: string, provider: AuthProvider): Promise<JWTPayload> {
    try {
      const options = { ...toVerifyOptions(provider), currentDate: new Date(this.#clock.now()) };
      const result = await jwtVerify(token, this.#keys.keyOf(provider), options);
      return result.payload;
    } catch (error) {
      if (!(error instanceof errors.JOSEError)) throw error;
      const isClaim =
        error instanceof errors.JWTExpired || error instanceof errors.JWTClaimValidationFailed;
      if (provider.type === 'oidc' && isClaim) {
        throw new BackendError(
          401,
          'Unauthenticated',
          `The token is not valid: ${error.message}.`,
          { cause: error },
        );
      }
      throw invalidToken(error.message, error);
    }
  }
}

function toVerifyOptions(provider: AuthProvider): JWTVerifyOptions {
  const requiredClaims = ['iss', 'sub', 'exp'];
  return provider.type === 'oidc'
    ? { algorithms: ['RS256', 'EdDSA'], requiredClaims }
    : { algorithms: [provider.algorithm], requiredClaims, clockTolerance: CUSTOM_JWT_LEEWAY };
}

function parseToken(token: string): {
  claims: JWTPayload & { iss: string };
  keyId: string | undefined;
} {
  let claims: JWTPayload;
  let keyId: string | undefined;
  try {
    claims = decodeJwt(token);
    keyId = decodeProtectedHeader(token).kid;
  } catch (error) {
    throw invalidToken('it is not a signed JSON web token', error);
  }
  const { iss } = claims;
  if (typeof iss !== 'string') throw invalidToken('it names no issuer ("iss")');
  return { claims: { ...claims, iss }, keyId };
}

function invalidToken(reason: string, cause?: unknown): BackendError {
  return new BackendError(
    401,
    'InvalidAuthHeader',
    `The token in the Authorization header is not valid: ${reason}.`,
    { cause },
  );
}
