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

/** A value that cannot travel: `BAD_REQUEST` with `data: { path }`, thrown before anything is sent. */
export function wireError(
  trail: Trail,
  problem: string,
  cause?: unknown,
): CRPCError<{ path: string }> {
  const path = toPath(trail);
  return new CRPCError({
    code: 'BAD_REQUEST',
    message: `Cannot send ${path}: ${problem}`,
    data: { path },
    origin: 'client',
    ...(cause !== undefined && { cause }),
  });
}

/** A value that arrived in a form that this side cannot read: `PARSE_ERROR` with `data: { path }`. */
export function unreadableError(
  trail: Trail,
  problem: string,
  cause?: unknown,
): CRPCError<{ path: string }> {
  const path = toPath(trail);
  return new CRPCError({
    code: 'PARSE_ERROR',
    message: `Cannot read ${path}: ${problem}`,
    data: { path },
    origin: 'client',
    ...(cause !== undefined && { cause }),
  });
}

export function tooLargeError(): CRPCError<{ path: string }> {
  const path = toPath([]);
  return new CRPCError({
    code: 'PAYLOAD_TOO_LARGE',
    message: `Cannot send ${path}: as JSON it takes more than ${MAX_BYTES} bytes`,
    data: { path },
    origin: 'client',
  });
}
