import type { JSONValue } from 'convex/values';

/**
 * What the deployment itself refuses, in Convex's shape: `{ code, message }` with an HTTP status.
 * Kinds and codes: `BadRequest` 400, `Unauthenticated` 401, `Forbidden` 403, `NotFound` 404, `Conflict` 409,
 * `RateLimited` 429, `Internal` 500, `Unavailable` 503.
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
