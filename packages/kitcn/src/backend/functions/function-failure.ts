import { randomUUID } from 'node:crypto';
import type { JSONValue } from 'convex/values';
import { mapFrames } from '../../project/locate-error.ts';
import type { FunctionsBundle } from '../../project/bundle.ts';
import { BackendError } from '../backend-error.ts';
import { assertErrorDataLimits } from '../values/value-limits.ts';
import type { FunctionResult } from './function-host.ts';

/**
 * What a function call ended with instead of a value. The message is the text that callers see, frames included;
 * `data` is that of a `ConvexError`, and `convex/server` rebuilds the error from it in a calling function.
 */
export class FunctionFailure extends Error {
  override readonly name = 'FunctionFailure';
  readonly data: JSONValue | undefined;

  constructor(message: string, data?: JSONValue, options?: ErrorOptions) {
    super(message, options);
    this.data = data;
  }
}

export function timeoutFailure(limitMs: number): FunctionFailure {
  return new FunctionFailure(`Function execution timed out (maximum duration: ${limitMs / 1000}s)`);
}

export function memoryFailure(limitMb: number): FunctionFailure {
  return new FunctionFailure(
    `JavaScript execution ran out of memory (maximum memory usage: ${limitMb} MB)`,
  );
}

/** The answer of `/api/query` and its siblings to a call that failed. */
export function toErrorResult(
  failure: FunctionFailure,
  requestId: string,
  logLines: string[],
): FunctionResult {
  return {
    status: 'error',
    errorMessage: `[Request ID: ${requestId}] Server Error\n${failure.message}`,
    ...(failure.data === undefined ? {} : { errorData: failure.data }),
    logLines,
  };
}

/** How the text of a failure begins; for the same failure it is another each time. */
export const REQUEST_ID: RegExp = /^\[Request ID: [0-9a-f]+\]/;

/** The same failure as the answer to another request. */
export function withRequestId(
  result: FunctionResult,
  requestId: string | undefined,
): FunctionResult {
  if (requestId === undefined || result.status === 'success') return result;
  const errorMessage = result.errorMessage.replace(REQUEST_ID, `[Request ID: ${requestId}]`);
  return { ...result, errorMessage };
}

/** 16 hex digits: the random ends of a UUID, which Node makes many of at a time. */
export function createRequestId(): string {
  const uuid = randomUUID();
  return uuid.slice(0, 8) + uuid.slice(-8);
}

/** Describes what a function threw; may be anything, from any realm. */
export function toFunctionFailure(
  thrown: unknown,
  bundle: FunctionsBundle | null,
): FunctionFailure {
  try {
    if (thrown instanceof FunctionFailure) return thrown;
    const lines = [`Uncaught ${describeThrown(thrown)}`];
    const data = convexErrorData(thrown);
    if (bundle !== null) {
      const origin = data === undefined ? thrown : causeOf(thrown);
      lines.push(...mapFrames(origin, bundle));
    }
    return new FunctionFailure(lines.join('\n'), data, { cause: thrown });
  } catch (problem) {
    // Its own getters may throw, and its data be none.
    const reason = problem instanceof BackendError ? problem.message : UNKNOWN;
    return new FunctionFailure(`Uncaught Error: ${reason}`);
  }
}

const UNKNOWN = 'something that cannot be shown';

/** The error that a `ConvexError` was made of, which knows better where it happened; itself if there is none. */
function causeOf(error: unknown): unknown {
  const { cause } = error as { cause?: unknown };
  return typeof cause === 'object' && cause !== null && 'stack' in cause ? cause : error;
}

function describeThrown(thrown: unknown): string {
  try {
    if (thrown instanceof BackendError) return `Error: ${thrown.message}`;
    if (typeof thrown !== 'object' || thrown === null || !('message' in thrown)) {
      return String(thrown);
    }
    const name = 'name' in thrown && thrown.name !== '' ? String(thrown.name) : 'Error';
    return thrown.message === '' ? name : `${name}: ${String(thrown.message)}`;
  } catch {
    return `Error: ${UNKNOWN}`;
  }
}

/** `convex/server` marks a thrown ConvexError and leaves its data as a JSON string. */
function convexErrorData(thrown: unknown): JSONValue | undefined {
  if (typeof thrown !== 'object' || thrown === null) return undefined;
  if (!('ConvexErrorSymbol' in thrown) || !('data' in thrown)) return undefined;
  if (thrown.ConvexErrorSymbol !== Symbol.for('ConvexError')) return undefined;
  if (typeof thrown.data !== 'string') return undefined;
  const data: JSONValue = JSON.parse(thrown.data);
  assertErrorDataLimits(data, thrown.data.length);
  return data;
}
