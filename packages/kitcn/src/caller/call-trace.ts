import type { CallEvent, CallHooks, InterceptedCall } from './call-hooks.ts';
import { runHook } from './call-hooks.ts';
import type { Clock } from '../shared/clock.ts';

export interface TracedCall {
  readonly path: string;
  readonly kind: CallEvent['kind'];
  readonly input: unknown;
}

/** A call that somebody watches. */
export class CallTrace implements InterceptedCall {
  readonly path: string;
  readonly kind: CallEvent['kind'];
  readonly input: unknown;
  readonly requestId: string = createRequestId();
  readonly headers: Headers = new Headers();
  readonly #hooks: CallHooks;
  readonly #clock: Clock;
  readonly #begun: number;
  #attempt = 0;

  constructor(call: TracedCall, hooks: CallHooks, clock: Clock) {
    this.path = call.path;
    this.kind = call.kind;
    this.input = call.input;
    this.#hooks = hooks;
    this.#clock = clock;
    this.#begun = clock.now();
  }

  get attempt(): number {
    return this.#attempt;
  }

  get durationMs(): number {
    return this.#clock.now() - this.#begun;
  }

  /** What to send beside the transport's own headers. */
  get sentHeaders(): Headers {
    this.headers.set('convex-request-id', this.requestId);
    return this.headers;
  }

  beforeAttempt(): void {
    this.#attempt++;
    runHook(this.#hooks.onRequest, () => this.toEvent());
  }

  /** The call as it is now. */
  toEvent(): CallEvent {
    const { path, kind, input, requestId, attempt, durationMs } = this;
    return { path, kind, input, requestId, attempt, durationMs };
  }
}

/** As deployments make them. */
function createRequestId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(8));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
