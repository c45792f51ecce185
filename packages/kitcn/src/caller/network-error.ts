import { CRPCError } from '../errors/crpc-error.ts';
import { isControlFlow } from './control-flow.ts';

/** Failures of Node, Bun and Deno that happen before a request is sent. */
const NEVER_SENT: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
  'ConnectionRefused',
  'FailedToOpenSocket',
]);

/** What a failed `fetch` is reported as: a framework's control flow passes as it is. */
export function toFetchError(url: string, thrown: unknown): unknown {
  return isControlFlow(thrown) ? thrown : toNetworkError(url, thrown);
}

/** `SERVICE_UNAVAILABLE` if nothing was sent, `BAD_GATEWAY` if the function may have run. */
export function toNetworkError(url: string, cause: unknown): CRPCError {
  const wasNeverSent = NEVER_SENT.has(failureCode(cause) ?? '');
  return new CRPCError({
    code: wasNeverSent ? 'SERVICE_UNAVAILABLE' : 'BAD_GATEWAY',
    message: wasNeverSent ? `Cannot reach ${url}` : `The connection to ${url} broke`,
    origin: 'network',
    cause,
  });
}

/** Node's `fetch` hides the failure one level down. */
function failureCode(thrown: unknown): string | undefined {
  const { code, cause } = (thrown ?? {}) as { code?: unknown; cause?: unknown };
  if (typeof code === 'string') return code;
  return cause === undefined ? undefined : failureCode(cause);
}
