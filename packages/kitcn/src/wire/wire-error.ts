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
  return errorAt('BAD_REQUEST', trail, problem, cause);
}

/** A value that arrived in a form that this side cannot read: `PARSE_ERROR` with `data: { path }`. */
export function unreadableError(trail: Trail, problem: string, cause?: unknown): WireError {
  return errorAt('PARSE_ERROR', trail, problem, cause);
}

export function tooLargeError(): WireError {
  return errorAt('PAYLOAD_TOO_LARGE', [], `as JSON it takes more than ${MAX_BYTES} bytes`);
}

function errorAt(code: CRPCErrorCode, trail: Trail, problem: string, cause?: unknown): WireError {
  const path = toPath(trail);
  const verb = code === 'PARSE_ERROR' ? 'read' : 'send';
  return new CRPCError({
    code,
    message: `Cannot ${verb} ${path}: ${problem}`,
    data: { path },
    origin: 'client',
    cause,
  });
}
