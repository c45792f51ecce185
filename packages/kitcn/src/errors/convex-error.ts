import type { ConvexError, Value } from 'convex/values';

/** By Convex's own mark, which holds across bundles and realms. */
export function isConvexError(error: unknown): error is ConvexError<Value> {
  return typeof error === 'object' && error !== null && Symbol.for('ConvexError') in error;
}
