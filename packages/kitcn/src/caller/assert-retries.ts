import { CRPCError } from '../errors/crpc-error.ts';

/** Refuses what is no number of retries. */
export function assertRetries(retries: number): void {
  if (Number.isInteger(retries) && retries >= 0) return;
  throw new CRPCError({
    code: 'BAD_REQUEST',
    message: `retries must be a whole number of further attempts, not ${String(retries)}`,
    origin: 'client',
  });
}
