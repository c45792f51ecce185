import { isCRPCError } from '../errors/crpc-error.ts';
import type { CallerSettings } from './call-session.ts';

/** Whether an error says that nobody is signed in: as `auth.isUnauthorized` has it, or else by the error's code. */
export function isUnauthorized({ isUnauthorized: own }: CallerSettings, error: unknown): boolean {
  if (own !== undefined) return own(error);
  return isCRPCError(error) && error.code === 'UNAUTHORIZED';
}
