import { BackendError } from '../backend-error.ts';

const CLIENT_VERSION = /^[a-z][\w-]*-\d+\.\d+\.\d+(?:[-+][\w.+-]+)?$/i;

/** `Convex-Client: npm-1.48.0`. It may be absent; malformed, it is 400 `InvalidClientVersion`. */
export function checkClientVersion(headers: Headers): void {
  const client = headers.get('convex-client');
  if (client === null || CLIENT_VERSION.test(client)) return;
  throw new BackendError(
    400,
    'InvalidClientVersion',
    'The Convex-Client header must be a name and a version, like npm-1.48.0.',
  );
}
