/** A broken promise of our own code, never of a user's input. */
class AssertionError extends Error {
  override readonly name = 'AssertionError';
}

/** Throws unless `condition` holds; for what our own code guarantees. */
export function assert(condition: unknown, message: string): asserts condition {
  if (!condition) throw new AssertionError(message);
}

/** The value, which is known to be there. */
export function must<T>(value: T | null | undefined, message: string): T {
  if (value === null || value === undefined) throw new AssertionError(message);
  return value;
}

/** For the branch that the types exclude. */
export function unreachable(value: never): never {
  throw new AssertionError(`unreachable: ${String(value)}`);
}
