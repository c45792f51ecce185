import { CRPCError } from './crpc-error.ts';

/**
 * The `BAD_REQUEST` for a cursor that is of another query, or of before a change of it: clients keep cursors, in URLs, too.
 * `undefined` for any other data of a `ConvexError`.
 */
export function tryCursorError(
  data: unknown,
  functionName: string,
  cause: unknown,
): CRPCError | undefined {
  // How Convex tells it to its hooks, which start over then.
  const { paginationError } = (data ?? {}) as { paginationError?: unknown };
  if (paginationError !== 'InvalidCursor') return undefined;
  const message = `${functionName} knows no such cursor (any more). Start from the first page.`;
  return new CRPCError({ code: 'BAD_REQUEST', message, origin: 'platform', cause });
}
