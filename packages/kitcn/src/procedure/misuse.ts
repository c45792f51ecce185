import { CRPCError } from '../errors/crpc-error.ts';

/** A procedure's own mistake; thrown where it is defined, as far as it can be told there. */
export function misuse(message: string): CRPCError {
  return new CRPCError({ code: 'INTERNAL_SERVER_ERROR', message });
}
