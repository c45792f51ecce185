import type { ProcedureType } from '../shared/type-procedure.ts';
import { isCRPCError } from '../errors/crpc-error.ts';

/** Failures that a newer token may cure: the deployment `refused` the token, or the function `threw` that it is not enough. */
type CurableFailure = 'refused' | 'threw';

/**
 * Whether a failed call may be sent once more. What was refused never ran. A query that threw did nothing and a mutation
 * that threw was rolled back; an action that threw may have done half its work.
 */
const REPLAYABLE: Record<CurableFailure, Record<ProcedureType, boolean>> = {
  refused: { query: true, mutation: true, action: true },
  threw: { query: true, mutation: true, action: false },
};

/** Whether the call of a procedure of this type may run again with a newer token after it failed as unauthorised. */
export function isReplayable(type: ProcedureType, error: unknown): boolean {
  const failure = tryCurableFailure(error);
  return failure !== undefined && REPLAYABLE[failure][type];
}

/** Nothing is known of what ran when the network failed, so that is never curable. */
function tryCurableFailure(error: unknown): CurableFailure | undefined {
  if (isRefusal(error)) return 'refused';
  return isCRPCError(error) && error.origin === 'function' ? 'threw' : undefined;
}

/** Whether the deployment itself refused who was asking, before anything ran. */
export function isRefusal(error: unknown): boolean {
  if (!isCRPCError(error) || error.origin !== 'platform') return false;
  return error.code === 'UNAUTHORIZED' || error.code === 'FORBIDDEN';
}
