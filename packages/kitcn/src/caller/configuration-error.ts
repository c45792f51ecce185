import { CRPCError } from '../errors/crpc-error.ts';

/** A factory that cannot work as it was set up; the message names the option and the fix. */
export function configurationError(message: string): CRPCError {
  return new CRPCError({
    code: 'INTERNAL_SERVER_ERROR',
    message: `createCallerFactory: ${message}`,
    origin: 'client',
  });
}
