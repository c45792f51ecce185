/**
 * What the deployment itself refuses, in Convex's shape: `{ code, message }` with an HTTP status.
 * Kinds and codes: `BadRequest` 400, `Unauthenticated` 401, `Forbidden` 403, `NotFound` 404, `Conflict` 409,
 * `RateLimited` 429, `Internal` 500, `Unavailable` 503.
 */
export class BackendError extends Error {
  override readonly name = 'BackendError';
  readonly code: string;
  readonly status: number;

  constructor(status: number, code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.status = status;
    this.code = code;
  }
}
