import { BackendError } from '../backend-error.ts';

/** What the deployment itself refuses, as Convex writes it. */
export interface ErrorBody {
  code: string;
  message: string;
}

/** `{ code, message }` with the status of the error. Anything but a `BackendError` is logged and tells nothing. */
export function toErrorResponse(error: unknown, log: (line: string) => void): Response {
  const { status, code, message } = toBackendError(error, log);
  const body: ErrorBody = { code, message };
  return Response.json(body, { status });
}

/** The error itself if it may be shown, else a generic one, after the real one was logged. */
export function toBackendError(error: unknown, log: (line: string) => void): BackendError {
  if (error instanceof BackendError) return error;
  log(`Internal error: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
  return new BackendError(
    500,
    'InternalServerError',
    'The backend failed at this request. Its log says why.',
  );
}
