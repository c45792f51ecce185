import { httpStatus, isCRPCError } from 'kitcn/crpc';

/** An error of a call as a route handler answers it; anything else is thrown on, `redirect()` included. */
export function toErrorResponse(error: unknown): Response {
  if (!isCRPCError(error)) throw error;
  const { code, message, data } = error;
  return Response.json({ code, message, data }, { status: httpStatus(code) });
}
