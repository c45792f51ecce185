import { CRPCError } from '../errors/crpc-error.ts';

/** A procedure defined in a way that cannot work; thrown where it is defined. */
export function misuse(message: string): CRPCError {
  return new CRPCError({ code: 'INTERNAL_SERVER_ERROR', message });
}
