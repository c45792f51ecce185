import { CRPCError } from '../errors/crpc-error.ts';
import { systemClock } from './system-clock.ts';
import type { Clock } from '../shared/clock.ts';

export interface DeadlineOptions {
  /** Milliseconds; `undefined` or `Infinity` for no limit. */
  timeoutMs: number | undefined;
  signals: readonly (AbortSignal | undefined)[];
  clock?: Clock;
}

/** What timers can hold; a longer wait fires at once. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/**
 * When a call must be over, as one signal. Its reason is the error that the call rejects with: `TIMEOUT`, or
 * `CLIENT_CLOSED_REQUEST` when one of the signals was aborted. Close it when the call is over.
 */
export class Deadline {
  /** Absent without a limit: most calls have none, and a signal slows `fetch` down. */
  readonly #controller: AbortController | undefined;
  readonly #signals: AbortSignal[] = [];
  readonly #stopTimer: (() => void) | undefined;

  constructor({ timeoutMs = Infinity, signals, clock = systemClock }: DeadlineOptions) {
    if (!(timeoutMs > 0)) throw invalidTimeout(timeoutMs);
    for (const signal of signals) if (signal !== undefined) this.#signals.push(signal);
    const hasTimer = timeoutMs <= MAX_TIMER_MS;
    if (!hasTimer && this.#signals.length === 0) return;
    const controller = new AbortController();
    this.#controller = controller;
    if (hasTimer) {
      const end = (): void => controller.abort(timeoutError(timeoutMs));
      this.#stopTimer = clock.after(timeoutMs, end);
    }
    for (const signal of this.#signals) signal.addEventListener('abort', this.#onAbort);
    const aborted = this.#signals.find((signal) => signal.aborted);
    if (aborted !== undefined) controller.abort(abortedError(aborted.reason));
  }

  get signal(): AbortSignal | undefined {
    return this.#controller?.signal;
  }

  /**
   * The outcome of `work`, or the deadline's error if that comes first; past the deadline `work` is not begun. Work that
   * does not heed the signal goes on unheard.
   */
  async race<T>(work: () => Promise<T>): Promise<T> {
    const signal = this.#controller?.signal;
    if (signal === undefined) return work();
    signal.throwIfAborted();
    const { promise: over, stop } = rejectOnAbort(signal);
    try {
      return await Promise.race([work(), over]);
    } finally {
      stop();
    }
  }

  close(): void {
    this.#stopTimer?.();
    for (const signal of this.#signals) signal.removeEventListener('abort', this.#onAbort);
  }

  readonly #onAbort = (event: Event): void => {
    const { reason } = event.target as AbortSignal; // Only signals are listened to.
    this.#controller?.abort(abortedError(reason));
  };
}

function rejectOnAbort(signal: AbortSignal): { promise: Promise<never>; stop: () => void } {
  let stop = (): void => {};
  const promise = new Promise<never>((_resolve, reject) => {
    const onAbort = (): void => reject(signal.reason as CRPCError); // The deadline's own signal.
    signal.addEventListener('abort', onAbort);
    stop = () => signal.removeEventListener('abort', onAbort);
  });
  return { promise, stop };
}

function timeoutError(timeoutMs: number): CRPCError {
  return new CRPCError({
    code: 'TIMEOUT',
    message: `No answer within ${timeoutMs} ms`,
    origin: 'client',
  });
}

/** `AbortSignal.timeout()` is a deadline too. */
function abortedError(reason: unknown): CRPCError {
  const isTimeout = (reason as { name?: unknown } | null | undefined)?.name === 'TimeoutError';
  return new CRPCError({
    code: isTimeout ? 'TIMEOUT' : 'CLIENT_CLOSED_REQUEST',
    message: isTimeout ? 'No answer in time' : 'The call was aborted',
    origin: 'client',
    cause: reason,
  });
}

function invalidTimeout(timeoutMs: unknown): CRPCError {
  return new CRPCError({
    code: 'BAD_REQUEST',
    message: `timeoutMs must be a positive number of milliseconds, not ${String(timeoutMs)}`,
    origin: 'client',
  });
}
