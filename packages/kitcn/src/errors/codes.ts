/** Every error code and its HTTP status. */
export const ERROR_STATUS = {
  PARSE_ERROR: 400,
  BAD_REQUEST: 400,
  UNAUTHORIZED: 401,
  PAYMENT_REQUIRED: 402,
  FORBIDDEN: 403,
  NOT_FOUND: 404,
  METHOD_NOT_SUPPORTED: 405,
  TIMEOUT: 408,
  CONFLICT: 409,
  PRECONDITION_FAILED: 412,
  PAYLOAD_TOO_LARGE: 413,
  UNSUPPORTED_MEDIA_TYPE: 415,
  UNPROCESSABLE_CONTENT: 422,
  PRECONDITION_REQUIRED: 428,
  TOO_MANY_REQUESTS: 429,
  CLIENT_CLOSED_REQUEST: 499,
  INTERNAL_SERVER_ERROR: 500,
  NOT_IMPLEMENTED: 501,
  BAD_GATEWAY: 502,
  SERVICE_UNAVAILABLE: 503,
  GATEWAY_TIMEOUT: 504,
} as const;

/** What went wrong, as one of the names of the code table. */
export type CRPCErrorCode = keyof typeof ERROR_STATUS;

/** A name of the code table, or one that a procedure declares with `.errors()`. */
export type AnyErrorCode = CRPCErrorCode | (string & {});

export function isErrorCode(value: unknown): value is CRPCErrorCode {
  return typeof value === 'string' && Object.hasOwn(ERROR_STATUS, value);
}

/** The HTTP status of a code: `httpStatus('NOT_FOUND')` is 404, and of what is not in the table 500. */
export function httpStatus(code: AnyErrorCode): number {
  return isErrorCode(code) ? ERROR_STATUS[code] : 500;
}

/** Whether a status says that something went wrong. */
export function isErrorStatus(status: unknown): status is number {
  return Number.isInteger(status) && Number(status) >= 400 && Number(status) <= 599;
}
