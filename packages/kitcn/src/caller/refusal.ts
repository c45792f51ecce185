import { ERROR_STATUS, isErrorCode } from '../errors/codes.ts';
import type { CRPCErrorCode } from '../errors/codes.ts';
import { CRPCError } from '../errors/crpc-error.ts';

/** A response that is no function's answer. */
export interface UnexpectedResponse {
  url: string;
  status: number;
  /** The parsed body; `undefined` if it is not JSON. */
  json: unknown;
  /** What the response's `Retry-After` asks for. */
  retryAfterMs: number | undefined;
}

/**
 * The error of a response that is no function's answer. A deployment refuses with `{ code, message }`: that code is
 * kept as `data.code`. Without one it was not the deployment that answered, so nothing is known of what ran. A
 * `Retry-After` becomes `data.retryAfterMs`.
 */
export function toRefusal({ url, status, json, retryAfterMs }: UnexpectedResponse): CRPCError {
  const code = toErrorCode(status);
  if (isPlatformError(json)) {
    return new CRPCError({
      code,
      message: json.message,
      data: { code: json.code, ...(retryAfterMs !== undefined && { retryAfterMs }) },
      origin: 'platform',
    });
  }
  return new CRPCError({
    code: status < 400 ? 'BAD_GATEWAY' : code,
    message: `${url} does not answer like a Convex deployment (HTTP ${status}). Check convexSiteUrl and convexUrl.`,
    ...(retryAfterMs !== undefined && { data: { retryAfterMs } }),
    origin: 'network',
  });
}

/** The code that an HTTP status stands for; `BAD_GATEWAY` for one that no code has. */
export function toErrorCode(status: number): CRPCErrorCode {
  return CODE_OF_STATUS.get(status) ?? 'BAD_GATEWAY';
}

const CODE_OF_STATUS: ReadonlyMap<number, CRPCErrorCode> = new Map(
  Object.entries(ERROR_STATUS).flatMap(([code, status]) =>
    isErrorCode(code) && code !== 'PARSE_ERROR' ? [[status, code] as const] : [],
  ),
);

function isPlatformError(json: unknown): json is { code: string; message: string } {
  if (typeof json !== 'object' || json === null) return false;
  const { code, message } = json as { code?: unknown; message?: unknown };
  return typeof code === 'string' && typeof message === 'string';
}
