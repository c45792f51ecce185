import type { UncheckedCallOptions } from './bound-caller.ts';
import { isLimited } from './call-session.ts';
import type { CallSession } from './call-session.ts';
import { Deadline } from './deadline.ts';

/** Runs `work` under the limits of a call. */
export async function runLimited<T>(
  session: CallSession,
  options: UncheckedCallOptions,
  work: (signal: AbortSignal | undefined) => Promise<T>,
): Promise<T> {
  if (!isLimited(session, options)) return work(undefined);
  const { settings, signals } = session;
  const deadline = new Deadline({
    timeoutMs: options.timeoutMs ?? settings.timeoutMs,
    signals: [...signals, options.signal],
    clock: settings.clock,
  });
  try {
    return await deadline.race(() => work(deadline.signal));
  } finally {
    deadline.close();
  }
}
