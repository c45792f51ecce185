import { CRPCError, isCRPCError } from '../errors/crpc-error.ts';
import { isControlFlow } from './control-flow.ts';

/** What a failure of `getToken` is reported as: errors of ours and a framework's control flow pass as they are. */
export function toTokenError(thrown: unknown): unknown {
  if (isCRPCError(thrown) || isControlFlow(thrown)) return thrown;
  return tokenError('getToken failed', thrown);
}

/** Says what is wrong with an answer of `getToken`, without showing it. */
export function tokenResultError(result: unknown): CRPCError {
  return tokenError(
    typeof result === 'string'
      ? 'getToken must give { token }, not a string'
      : 'getToken returned something that cannot be sent as a token',
  );
}

function tokenError(message: string, cause?: unknown): CRPCError {
  return new CRPCError({ code: 'INTERNAL_SERVER_ERROR', message, origin: 'client', cause });
}
