import type { ErrorOrigin } from '../errors/crpc-error.ts';
import type { ProcedureType } from '../shared/type-procedure.ts';

/** What hooks and interceptors learn of a call. */
export interface CallEvent {
  /** `user.list`, or `snapshot`. */
  readonly path: string;
  readonly kind: ProcedureType | 'snapshot';
  /** As it was passed, of a snapshot `[{ path, input }, …]`. Leave out what logs must not hold. */
  readonly input: unknown;
  /** 16 hexadecimal digits, the same for all attempts, sent as `Convex-Request-Id`. */
  readonly requestId: string;
  /** How many requests were sent so far, this one included; 0 if none was, or that of an equal query was shared. */
  readonly attempt: number;
  /** Milliseconds since the call began. */
  readonly durationMs: number;
}

export interface CallSuccessEvent extends CallEvent {
  readonly output: unknown;
}

export interface CallErrorEvent extends CallEvent {
  /** What the call rejects with, usually a `CRPCError`. */
  readonly error: unknown;
  /** Who failed; what is no `CRPCError` was thrown in this process. */
  readonly origin: ErrorOrigin;
}

/**
 * They watch and change nothing: what one throws, or rejects with, is printed and forgotten. What steers a framework
 * (`redirect()`, `notFound()`) is not reported to them.
 */
export interface CallHooks {
  /** Before each attempt is sent. */
  onRequest?: ((event: CallEvent) => unknown) | undefined;
  /** After a call, whatever it took. */
  onSuccess?: ((event: CallSuccessEvent) => unknown) | undefined;
  onError?: ((event: CallErrorEvent) => unknown) | undefined;
}

/** A call as its interceptors hold it; `attempt` and `durationMs` move on with it. */
export interface InterceptedCall extends CallEvent {
  /** Sent with each attempt; the caller's own headers win. A query that shares a request adds none to it. */
  readonly headers: Headers;
}

/**
 * Runs around a call, attempts included: resolves to the output, or to another one, or throws. The first of a list is
 * the outermost.
 */
export type CallInterceptor = (
  call: InterceptedCall,
  next: () => Promise<unknown>,
) => Promise<unknown>;

/** Runs a hook, whose failure is nobody's but its own. */
export function runHook<Event>(
  hook: ((event: Event) => unknown) | undefined,
  event: () => Event,
): void {
  if (hook === undefined) return;
  try {
    Promise.resolve(hook(event())).catch(reportHookError);
  } catch (error) {
    reportHookError(error);
  }
}

function reportHookError(error: unknown): void {
  console.error('kitcn: a hook of a caller failed; its call goes on.', error);
}
