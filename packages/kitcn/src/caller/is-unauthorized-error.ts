import { isCRPCError } from '../errors/crpc-error.ts';

/** Who is not signed in, by the error's code; `auth.isUnauthorized` replaces it. */
export function isUnauthorizedError(error: unknown): boolean {
  return isCRPCError(error) && error.code === 'UNAUTHORIZED';
}
