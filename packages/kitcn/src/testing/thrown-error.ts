import { jsonToConvex } from 'convex/values';
import { FunctionFailure } from '../backend/functions/function-failure.ts';

/** What a function threw, as a test wants to catch it: the very error, with the data of a `ConvexError` decoded. */
export function toThrownError(failure: unknown): unknown {
  if (!(failure instanceof FunctionFailure)) return failure;
  const { cause, data } = failure;
  if (!(cause instanceof Error)) return failure;
  // `convex/server` has left the data on the error as JSON text.
  return data === undefined ? cause : Object.assign(cause, { data: jsonToConvex(data) });
}
