import { describe, expect, test } from 'vitest';
import type { CRPCErrorCode } from '../errors/codes.ts';
import { CRPCError } from '../errors/crpc-error.ts';
import type { ErrorOrigin } from '../errors/crpc-error.ts';
import { assertRetries } from './assert-retries.ts';
import { tryRetryAfterMs, tryRetryDelay } from './retry.ts';

const error = (code: CRPCErrorCode, origin: ErrorOrigin, data?: unknown): CRPCError =>
  new CRPCError({ code, origin, data });

describe('the delay before another attempt', () => {
  test('doubles from 100 ms to 10 s, half of it left to chance', () => {
    const reset = error('BAD_GATEWAY', 'network');
    const delays = (random: number): unknown[] =>
      [1, 2, 3, 7, 8, 20].map((failures) => tryRetryDelay(reset, failures, () => random));
    expect(delays(0)).toEqual([50, 100, 200, 3200, 5000, 5000]);
    expect(delays(1)).toEqual([100, 200, 400, 6400, 10_000, 10_000]);
  });

  test('is never shorter than Retry-After, and there is none if that is too long', () => {
    const after = (retryAfterMs: number): number | undefined =>
      tryRetryDelay(error('TOO_MANY_REQUESTS', 'platform', { retryAfterMs }), 1, () => 0);
    expect(after(10)).toBe(50);
    expect(after(3000)).toBe(3000);
    expect(after(60_001)).toBeUndefined();
  });

  test.each<[CRPCErrorCode, ErrorOrigin]>([
    ['BAD_GATEWAY', 'function'],
    ['SERVICE_UNAVAILABLE', 'client'],
    ['TIMEOUT', 'client'],
    ['UNAUTHORIZED', 'platform'],
    ['NOT_FOUND', 'network'],
    ['NOT_IMPLEMENTED', 'network'],
  ])('%s of the %s is final', (code, origin) => {
    expect(tryRetryDelay(error(code, origin), 1, () => 0)).toBeUndefined();
  });

  test('what is no CRPCError is final', () => {
    expect(tryRetryDelay(new Error('x'), 1, () => 0)).toBeUndefined();
  });
});

test.each([
  [undefined, undefined],
  ['0', 0],
  ['120', 120_000],
  ['Wed, 21 Oct 2026 07:28:05 GMT', 5000],
  ['Wed, 21 Oct 2026 07:27:00 GMT', 0],
  ['soon', undefined],
])('Retry-After: %s is %s ms', (header, ms) => {
  expect(tryRetryAfterMs(header, Date.parse('Wed, 21 Oct 2026 07:28:00 GMT'))).toBe(ms);
});

test('retries are whole numbers from 0', () => {
  for (const retries of [0, 1, 7]) expect(() => assertRetries(retries)).not.toThrowError();
  for (const retries of [-1, 1.5, Number.NaN, Infinity, '2' as never]) {
    expect(() => assertRetries(retries)).toThrowError(/retries must be a whole number/);
  }
});
