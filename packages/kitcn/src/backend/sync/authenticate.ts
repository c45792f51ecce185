import { toActingIdentity } from '../auth/acting-identity.ts';
import { toAdmin } from '../http/request-identity.ts';
import type { AccessControl, RequestIdentity } from '../http/request-identity.ts';
import type { AuthenticateMessage } from './client-message.ts';

/** Who is at the other end of a connection. */
export interface SessionIdentity extends RequestIdentity {
  /** When the token is no longer valid, in milliseconds since the epoch; `Infinity` without one. */
  readonly expiresAt: number;
  /** The JWT of a user. */
  readonly token: string | null;
}

export const NOBODY: SessionIdentity = {
  identity: null,
  isAdmin: false,
  expiresAt: Infinity,
  token: null,
};

/** Rejects with a `BackendError` for a token or key that is not valid. */
export async function authenticate(
  { tokenType, value, impersonating }: AuthenticateMessage,
  access: AccessControl,
): Promise<SessionIdentity> {
  switch (tokenType) {
    case 'None':
      return NOBODY;
    case 'Admin': {
      const admin = toAdmin(value, access);
      const identity = impersonating === null ? admin.identity : toActingIdentity(impersonating);
      return { identity, isAdmin: true, expiresAt: Infinity, token: null };
    }
    case 'User': {
      const verified = await access.verifyToken(value);
      return { ...verified, isAdmin: false, token: value };
    }
  }
}
