import type { CRPCErrorCode } from '../errors/codes.ts';
import { CRPCError } from '../errors/crpc-error.ts';
import { MAX_BYTES } from './wire-limits.ts';

/** Where in a value: `['teams', 2, 'at']` reads `teams[2].at`. */
export type Trail = (string | number)[];

function toPath(trail: Trail): string {
  let path = '';
  for (const step of trail) {
    path += typeof step === 'number' ? `[${step}]` : path === '' ? step : `.${step}`;
  }
  return path === '' ? 'the value itself' : path;
}

type WireError = CRPCError<{ path: string }>;

/** A value that cannot travel: `BAD_REQUEST` with `data: { path }`, thrown before anything is sent. */
export function wireError(trail: Trail, problem: string, cause?: unknown): WireError {
  return errorAt(trail, problem, { code: 'BAD_REQUEST', cause });
}

/** A value that arrived in a form that this side cannot read: `PARSE_ERROR` with `data: { path }`. */
export function unreadableError(trail: Trail, problem: string, cause?: unknown): WireError {
  return errorAt(trail, problem, { code: 'PARSE_ERROR', cause });
}

export function tooLargeError(): WireError {
  return errorAt([], `as JSON it takes more than ${MAX_BYTES} bytes`, {
    code: 'PAYLOAD_TOO_LARGE',
  });
}

function errorAt(
  trail: Trail,
  problem: string,
  options: { code: CRPCErrorCode; cause?: unknown },
): WireError {
  const path = toPath(trail);
  const verb = options.code === 'PARSE_ERROR' ? 'read' : 'send';
  return new CRPCError({
    ...options,
    message: `Cannot ${verb} ${path}: ${problem}`,
    data: { path },
    origin: 'client',
  });
}
