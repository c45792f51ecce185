import type { ProcedureType } from '../shared/type-procedure.ts';
import type { CallScope, CallSession } from './call-session.ts';
import type { Clock } from '../shared/clock.ts';
import { isUnauthorized } from './is-unauthorized.ts';
import { isRefusal, isReplayable } from './replay.ts';
import { tryRetryDelay } from './retry.ts';

/**
 * What to do after an attempt of one call failed: try again once with a newer token if the first was not good enough and
 * nothing ran that may not run twice, and up to `retries` times if the network or the deployment may do better later.
 */
export class Recovery {
  readonly #session: CallSession;
  readonly #type: ProcedureType;
  readonly #scope: CallScope;
  #mayReplay = true;
  #failures = 0;

  constructor(session: CallSession, type: ProcedureType, scope: CallScope) {
    this.#session = session;
    this.#type = type;
    this.#scope = scope;
  }

  /** The token of the next attempt, when it is time for that; throws `error` if there is to be none. */
  async tokenAfter(error: unknown, token: string | undefined): Promise<string | undefined> {
    const { tokens, settings } = this.#session;
    if (this.#mayReplay && isUnauthorized(settings, error) && isReplayable(this.#type, error)) {
      this.#mayReplay = false;
      const newer = await tokens.tokenAfter(token, isRefusal(error));
      if (newer === undefined) throw error;
      return newer;
    }
    if (this.#failures++ >= this.#scope.retries) throw error;
    const delay = tryRetryDelay(error, this.#failures, settings.random);
    if (delay === undefined) throw error;
    await wait(settings.clock, delay, this.#scope.signal);
    return tokens.token;
  }
}

/** The outcome of `attempt`, made again as `Recovery` says. */
export async function runAttempts<T>(
  session: CallSession,
  { type, scope }: { type: ProcedureType; scope: CallScope },
  attempt: (token: string | undefined) => Promise<T>,
): Promise<T> {
  let { token } = session.tokens;
  let recovery: Recovery | undefined;
  for (;;) {
    try {
      return await attempt(token);
    } catch (error) {
      recovery ??= new Recovery(session, type, scope);
      token = await recovery.tokenAfter(error, token);
    }
  }
}

/** Resolves `ms` from now; rejects with the signal's reason if that is aborted first. */
function wait(clock: Clock, ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    const onAbort = (): void => {
      cancel();
      reject(signal?.reason as Error); // Signals of ours are aborted with errors.
    };
    const cancel = clock.after(ms, () => {
      signal?.removeEventListener('abort', onAbort);
      resolve();
    });
    signal?.addEventListener('abort', onAbort, { once: true });
  });
}
