import type { JSONValue } from 'convex/values';

/**
 * What the deployment itself refuses, in Convex's shape: `{ code, message }` with an HTTP status. The code is one of
 * Convex's own where it has one for it; whatever throws others says so.
 */
export class BackendError extends Error {
  override readonly name = 'BackendError';
  readonly code: string;
  readonly status: number;
  /** Convex-encoded JSON; `convex/server` makes a `ConvexError` with it for the function that called. */
  readonly data: JSONValue | undefined;

  constructor(
    status: number,
    code: string,
    message: string,
    options?: ErrorOptions & { data?: JSONValue },
  ) {
    super(message, options);
    this.status = status;
    this.code = code;
    this.data = options?.data;
  }
}
