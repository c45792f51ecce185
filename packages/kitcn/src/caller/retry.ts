import type { AnyErrorCode, CRPCErrorCode } from '../errors/codes.ts';
import { isCRPCError } from '../errors/crpc-error.ts';

/** What may be over a moment later, if a network or a deployment said it. Functions and this process never mean that. */
const TRANSIENT: ReadonlySet<AnyErrorCode> = new Set<CRPCErrorCode>([
  'TIMEOUT',
  'TOO_MANY_REQUESTS',
  'INTERNAL_SERVER_ERROR',
  'BAD_GATEWAY',
  'SERVICE_UNAVAILABLE',
  'GATEWAY_TIMEOUT',
]);

const FIRST_WAIT_MS = 100;
const LONGEST_WAIT_MS = 10_000;
/** Asked to wait longer than this, a call fails instead. */
const LONGEST_RETRY_AFTER_MS = 60_000;

/**
 * How long to wait before the attempt after `failures` failed ones; `undefined` if another one is pointless. Doubles
 * from 100 ms to 10 s, half of it left to chance (`random` gives 0 to 1), and is never shorter than `Retry-After`.
 */
export function tryRetryDelay(
  error: unknown,
  failures: number,
  random: () => number,
): number | undefined {
  if (!isCRPCError(error) || !TRANSIENT.has(error.code)) return undefined;
  if (error.origin !== 'network' && error.origin !== 'platform') return undefined;
  const longest = Math.min(FIRST_WAIT_MS * 2 ** (failures - 1), LONGEST_WAIT_MS);
  const delay = longest / 2 + (longest / 2) * random();
  const retryAfter = (error.data as { retryAfterMs?: number } | undefined)?.retryAfterMs ?? 0;
  return retryAfter > LONGEST_RETRY_AFTER_MS ? undefined : Math.max(delay, retryAfter);
}

/** Milliseconds that a `Retry-After` header asks for, which holds seconds or a date. */
export function tryRetryAfterMs(header: string | undefined, now: number): number | undefined {
  if (header === undefined) return undefined;
  const ms = /^\d+$/.test(header) ? Number(header) * 1000 : Date.parse(header) - now;
  return Number.isNaN(ms) ? undefined : Math.max(0, ms);
}
