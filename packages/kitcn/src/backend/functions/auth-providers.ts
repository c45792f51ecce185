import { BackendError } from '../backend-error.ts';
import type { AuthProvider } from './function-host.ts';

/** Checks the default export of `auth.config.ts`. Code `InvalidAuthConfig`. */
export function parseAuthProviders(config: unknown): AuthProvider[] {
  const providers = isObject(config) ? config['providers'] : undefined;
  if (!Array.isArray(providers)) {
    throw invalid('the default export must be an object with a list "providers"');
  }
  return providers.map((provider: unknown, index) =>
    parseProvider(provider, `providers[${index}]`),
  );
}

function parseProvider(provider: unknown, where: string): AuthProvider {
  if (!isObject(provider)) throw invalid(`${where} must be an object`);
  const text = (field: string): string => {
    const value = provider[field];
    if (typeof value === 'string' && value !== '') return value;
    throw invalid(`${where}.${field} must be a string that is not empty`);
  };
  if (provider['type'] !== 'customJwt') {
    return { type: 'oidc', domain: text('domain'), applicationID: text('applicationID') };
  }
  const algorithm = text('algorithm');
  if (algorithm !== 'RS256' && algorithm !== 'ES256') {
    throw invalid(`${where}.algorithm must be "RS256" or "ES256"`);
  }
  return {
    type: 'customJwt',
    issuer: text('issuer'),
    jwks: text('jwks'),
    algorithm,
    ...(provider['applicationID'] === undefined ? {} : { applicationID: text('applicationID') }),
  };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function invalid(what: string): BackendError {
  return new BackendError(400, 'InvalidAuthConfig', `auth.config: ${what}.`);
}
