import { ConvexError, convexToJson } from 'convex/values';
import { httpStatus } from '../errors/codes.ts';
import { CRPCError, isCRPCError } from '../errors/crpc-error.ts';
import type { ValueCodec } from '../wire/codec.ts';
import { tryFromErrorPayload } from '../wire/error-payload.ts';
import { toErrorPayload } from '../wire/to-error-payload.ts';

/**
 * The response of a route that failed: the error as it travels from procedures, under the status of its code. Of what is
 * no `CRPCError` nothing leaves; it is logged.
 */
export function toErrorResponse(error: unknown, output: ValueCodec): Response {
  const shown = tryShown(error, output) ?? hide(error);
  const payload = toErrorPayload(shown, output) as { code: string; status?: number };
  return Response.json(convexToJson(payload), {
    status: payload.status ?? httpStatus(payload.code),
  });
}

/** A procedure's error may come as Convex brings it, when it was not called by a generated caller. */
function tryShown(error: unknown, output: ValueCodec): CRPCError | undefined {
  if (isCRPCError(error)) return error;
  const isConvexError = error instanceof ConvexError;
  return isConvexError ? tryFromErrorPayload(error.data, output, error) : undefined;
}

function hide(error: unknown): CRPCError {
  console.error(error);
  return new CRPCError({ code: 'INTERNAL_SERVER_ERROR', message: 'Internal server error' });
}

/** What Hono's own code throws on purpose, with the response in it. */
export function isHttpException(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'getResponse' in error;
}
