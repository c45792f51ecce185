import { readFile } from 'node:fs/promises';
import { createLocalJWKSet, createRemoteJWKSet, customFetch, errors } from 'jose';
import type { FetchImplementation, JWTVerifyGetKey } from 'jose';
import { BackendError } from '../backend-error.ts';
import type { AuthProvider } from '../functions/function-host.ts';
import type { DevelopmentIssuer } from './development-issuer.ts';
import { normalizeIssuer } from './match-provider.ts';

const FETCH_TIMEOUT_MS = 5_000;

/** A token that names an unknown key makes its key set be read again, at most this often (milliseconds). */
const ROTATION_COOLDOWN_MS = 1_000;

/** Keys that are older are read again, so that those that were withdrawn go (milliseconds). */
const MAX_AGE_MS = 600_000;

export interface ProviderKeysOptions {
  cooldownMs?: number;
  maxAgeMs?: number;
  own?: DevelopmentIssuer | null;
}

interface KeySet {
  readonly find: ReturnType<typeof createRemoteJWKSet>;
  /** When it was last read, or tried to be, because of its age. */
  checkedAt: number;
}

/**
 * The public keys of auth providers, read when a token names one that is not known yet, and once in a while. A provider
 * that is down stops nobody whose key is known. What a provider fails at is 400 `AuthProviderDiscoveryFailed`; what a
 * token fails at stays an error of `jose`.
 */
export class ProviderKeys {
  readonly #cooldownMs: number;
  readonly #maxAgeMs: number;
  readonly #discovered = new Map<string, Promise<string>>();
  readonly #keySets = new Map<string, KeySet>();
  readonly #own: DevelopmentIssuer | null;

  constructor(options: ProviderKeysOptions = {}) {
    this.#cooldownMs = options.cooldownMs ?? ROTATION_COOLDOWN_MS;
    this.#maxAgeMs = options.maxAgeMs ?? MAX_AGE_MS;
    this.#own = options.own ?? null;
  }

  /** The provider that needs no configuration: the backend itself, where it is one. */
  get ownProvider(): AuthProvider | null {
    return this.#own?.provider ?? null;
  }

  /** The key that a token of this provider was signed with, for `jwtVerify`. */
  keyOf(provider: AuthProvider): JWTVerifyGetKey {
    if (this.#own !== null && provider === this.#own.provider) {
      return createLocalJWKSet(this.#own.keys);
    }
    return async (header, token) => {
      const location = provider.type === 'oidc' ? await this.#discover(provider) : provider.jwks;
      try {
        return await this.#find(location, header, token);
      } catch (error) {
        if (provider.type !== 'oidc' || isTokenFault(error)) throw error;
        const moved = await this.#rediscover(provider);
        if (moved === location) throw error;
        return this.#find(moved, header, token);
      }
    };
  }

  async #find(location: string, ...wanted: Parameters<JWTVerifyGetKey>): Promise<FoundKey> {
    try {
      return await this.#keySet(location).find(...wanted);
    } catch (error) {
      if (isTokenFault(error)) throw error;
      throw discoveryFailed(`The keys at ${toPublicUrl(location)} could not be read`, error);
    }
  }

  #discover(provider: { domain: string }): Promise<string> {
    let found = this.#discovered.get(provider.domain);
    if (!found) {
      found = fetchKeysUrl(normalizeIssuer(provider.domain));
      this.#discovered.set(provider.domain, found);
      found.catch(() => this.#discovered.delete(provider.domain));
    }
    return found;
  }

  /** The provider may have moved its keys. What is known of the old place stays known. */
  async #rediscover(provider: { domain: string }): Promise<string> {
    const location = await fetchKeysUrl(normalizeIssuer(provider.domain));
    this.#discovered.set(provider.domain, Promise.resolve(location));
    return location;
  }

  #keySet(location: string): KeySet {
    const now = performance.now();
    let keySet = this.#keySets.get(location);
    if (!keySet) {
      const find = createRemoteJWKSet(new URL(location), {
        cooldownDuration: this.#cooldownMs,
        cacheMaxAge: Infinity,
        timeoutDuration: FETCH_TIMEOUT_MS,
        [customFetch]: fetchKeys,
      });
      keySet = { find, checkedAt: now };
      this.#keySets.set(location, keySet);
    } else if (now - keySet.checkedAt > this.#maxAgeMs) {
      keySet.checkedAt = now;
      // Nobody waits for it; if it fails, the keys stay.
      keySet.find.reload().catch(() => {});
    }
    return keySet;
  }
}

type FoundKey = Awaited<ReturnType<JWTVerifyGetKey>>;

/** `fetch` reads data: URIs by itself, and nobody looks at the MIME type; files, which Convex has not, are ours. */
async function fetchKeys(...[url, options]: Parameters<FetchImplementation>): Promise<Response> {
  return url.startsWith('file:') ? new Response(await readFile(new URL(url))) : fetch(url, options);
}

function isTokenFault(error: unknown): boolean {
  return (
    error instanceof errors.JWKSNoMatchingKey ||
    error instanceof errors.JWKSMultipleMatchingKeys ||
    error instanceof errors.JOSENotSupported
  );
}

/** OpenID Connect Discovery 1.0, section 4: the provider's own document names where its keys are. */
async function fetchKeysUrl(issuer: string): Promise<string> {
  const url = `${issuer}/.well-known/openid-configuration`;
  let document: unknown;
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(FETCH_TIMEOUT_MS) });
    if (!response.ok) throw discoveryFailed(`${toPublicUrl(url)} answered ${response.status}`);
    document = await response.json();
  } catch (error) {
    if (error instanceof BackendError) throw error;
    throw discoveryFailed(`${toPublicUrl(url)} could not be read`, error);
  }
  if (typeof document !== 'object' || document === null) {
    throw discoveryFailed(`${toPublicUrl(url)} is not a JSON object`);
  }
  if (
    !('issuer' in document) ||
    typeof document.issuer !== 'string' ||
    normalizeIssuer(document.issuer) !== issuer
  ) {
    throw discoveryFailed(`${toPublicUrl(url)} does not name ${toPublicUrl(issuer)} as its issuer`);
  }
  if (
    !('jwks_uri' in document) ||
    typeof document.jwks_uri !== 'string' ||
    !URL.canParse(document.jwks_uri)
  ) {
    throw discoveryFailed(`${toPublicUrl(url)} names no jwks_uri`);
  }
  return document.jwks_uri;
}

/** A URL without what may be secret in it. */
function toPublicUrl(location: string): string {
  if (location.startsWith('data:')) return 'a data: URI';
  if (!URL.canParse(location)) return 'a malformed URL';
  const { origin, pathname } = new URL(location);
  return `${origin}${pathname}`;
}

function discoveryFailed(reason: string, cause?: unknown): BackendError {
  return new BackendError(
    400,
    'AuthProviderDiscoveryFailed',
    `An auth provider of auth.config.ts cannot be used: ${reason}.`,
    { cause },
  );
}
