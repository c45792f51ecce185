import { isConvexError } from '../errors/convex-error.ts';
import { CRPCError, isCRPCError } from '../errors/crpc-error.ts';
import { createValueCodec } from '../wire/codec.ts';
import { tryFromErrorPayload } from '../wire/error-payload.ts';
import type { ValueTextCodec } from '../wire/text-codec.ts';
import { writeError } from '../wire/write-error.ts';

/**
 * The response of a route that failed: the error as it travels from procedures, under the status of its code. Of what is
 * no `CRPCError` nothing leaves; it is logged.
 */
export function toErrorResponse(error: unknown, output: ValueTextCodec): Response {
  const { status, text } = writeError(tryShown(error, output) ?? hide(error), output);
  return new Response(text, { status, headers: JSON_TYPE });
}

const JSON_TYPE = { 'content-type': 'application/json' };

/** A procedure's error may come as Convex brings it, when it was not called by a generated caller. */
function tryShown(error: unknown, { transformer }: ValueTextCodec): CRPCError | undefined {
  if (isCRPCError(error)) return error;
  if (!isConvexError(error)) return undefined;
  return tryFromErrorPayload(error.data, createValueCodec(transformer), error);
}

function hide(error: unknown): CRPCError {
  console.error(error);
  return new CRPCError({ code: 'INTERNAL_SERVER_ERROR', message: 'Internal server error' });
}

/** What Hono's own code throws on purpose, with the response in it. */
export function isHttpException(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'getResponse' in error;
}
