import { BackendError } from '../backend-error.ts';
import { parseActingIdentity } from '../auth/acting-identity.ts';
import type { VerifiedToken } from '../auth/token-verifier.ts';
import type { Client, UserIdentity } from '../functions/function-host.ts';
import type { Connection } from './http-server.ts';

/** Who may do what on this deployment. */
export interface AccessControl {
  isAdminKey(candidate: string): boolean;
  /** The user behind a JSON web token, and until when; rejects with a `BackendError`. */
  verifyToken(token: string): Promise<VerifiedToken>;
}

/** Who sent a request. An admin that acts as a user has both. */
export interface RequestIdentity {
  identity: UserIdentity | null;
  isAdmin: boolean;
}

const ANONYMOUS: RequestIdentity = { identity: null, isAdmin: false };

/** Shorter headers cannot hold a scheme and a token. */
const SHORTEST_HEADER = 7;

/**
 * Reads `Authorization: Bearer <JWT>`, `Authorization: Convex <admin key>[:<base64 identity>]` or, without that
 * header, `?adminKey=`. 401 for a bad token, 403 `BadDeployKey` for a bad key, 400 `InvalidHeaderFailure`.
 */
export async function readIdentity(
  request: Request,
  access: AccessControl,
): Promise<RequestIdentity> {
  const header = request.headers.get('authorization');
  if (header === null) {
    const adminKey = new URL(request.url).searchParams.get('adminKey');
    return adminKey === null ? ANONYMOUS : toAdmin(adminKey, access);
  }
  if (header.length < SHORTEST_HEADER) {
    throw new BackendError(400, 'InvalidHeaderFailure', 'The Authorization header is too short.');
  }
  const [, scheme = '', credentials = ''] = /^(\S+)\s+(\S.*)$/.exec(header) ?? [];
  switch (scheme.toLowerCase()) {
    case 'bearer': {
      const { identity } = await access.verifyToken(credentials);
      return { identity, isAdmin: false };
    }
    case 'convex':
      return toAdmin(credentials, access);
    default:
      throw new BackendError(
        401,
        'InvalidAuthHeader',
        'The Authorization header must be "Bearer" and a token, or "Convex" and an admin key.',
      );
  }
}

/** Where a request comes from. The token is that of a user; an admin key is told to nobody. */
export function toClient({ headers }: Request, { ip }: Pick<Connection, 'ip'>): Client {
  const [, authToken = null] = /^bearer\s+(\S.*)$/i.exec(headers.get('authorization') ?? '') ?? [];
  return { ip, userAgent: headers.get('user-agent'), authToken };
}

/** Refuses everyone but an admin. */
export function assertAdmin(sender: RequestIdentity): void {
  if (!sender.isAdmin) throw badDeployKey('This route needs the admin key of the deployment.');
}

/** The sender of `<admin key>[:<base64 identity>]`. 403 `BadDeployKey`. */
export function toAdmin(credentials: string, access: AccessControl): RequestIdentity {
  // A deployment type such as `prod:` may stand before the instance name.
  const bare = credentials.replace(/^\w+:(?=[^|]*\|)/, '');
  const colon = bare.indexOf(':');
  const key = colon === -1 ? bare : bare.slice(0, colon);
  if (!access.isAdminKey(key)) {
    throw badDeployKey('The admin key is not the one of this deployment.');
  }
  return {
    identity: colon === -1 ? null : parseActingIdentity(bare.slice(colon + 1)),
    isAdmin: true,
  };
}

function badDeployKey(message: string): BackendError {
  return new BackendError(403, 'BadDeployKey', message);
}
