import { CRPCError } from '../errors/crpc-error.ts';
import { assertRetries } from './assert-retries.ts';
import type { UncheckedCallOptions } from './bound-caller.ts';
import type { CallScope, CallSession } from './call-session.ts';
import { isUnauthorized } from './is-unauthorized.ts';
import { runFunction } from './run-call.ts';
import type { Call, FunctionRequest } from './run-call.ts';
import { runLimited } from './run-limited.ts';
import { runRoute } from './run-route.ts';
import type { RouteCall } from './run-route.ts';

/** A function or a route, and what its caller asks of the call. */
export interface UnusualCall {
  readonly request: FunctionRequest | RouteCall;
  readonly options: UncheckedCallOptions;
}

/** A call of a route, one with options of its own, or one under limits of its factory or context. */
export async function runWithOptions(
  session: CallSession,
  { request, options }: UnusualCall,
  scope: CallScope,
): Promise<unknown> {
  checkOptions(request.leaf, options);
  try {
    return await runLimited(session, options, (signal) => {
      const limited = { ...scope, signal };
      return 'body' in request
        ? runFunction(session, request, limited)
        : runRoute(session, request, limited);
    });
  } catch (error) {
    if (options.skipUnauth === true && isUnauthorized(session.settings, error)) return null;
    throw error;
  }
}

/** The types keep these from mutations and actions; a call that could run twice must not slip through. */
function checkOptions(
  { type, path }: Call['leaf'],
  { retries, dedupe }: UncheckedCallOptions,
): void {
  if (retries !== undefined) assertRetries(retries);
  if (type === 'query' || (!retries && !dedupe)) return;
  throw new CRPCError({
    code: 'BAD_REQUEST',
    message: `${path.join('.')} is no query: retries and dedupe are for queries only`,
    origin: 'client',
  });
}
