import { isCRPCError } from '../errors/crpc-error.ts';
import { runHook } from './call-hooks.ts';
import type { CallHooks, CallInterceptor } from './call-hooks.ts';
import { CallTrace } from './call-trace.ts';
import type { TracedCall } from './call-trace.ts';
import type { Clock } from '../shared/clock.ts';
import { isControlFlow } from './control-flow.ts';

export interface WatchOptions extends CallHooks {
  interceptors?: readonly CallInterceptor[] | undefined;
  clock: Clock;
}

/** Runs a call under the eyes of hooks and interceptors. */
export type Watch = (
  call: TracedCall,
  run: (trace: CallTrace) => Promise<unknown>,
) => Promise<unknown>;

/** What makes the calls of a factory that has hooks or interceptors. */
export function createWatch(options: WatchOptions): Watch {
  const { onSuccess, onError, interceptors = [], clock } = options;
  return async (call, run) => {
    const trace = new CallTrace(call, options, clock);
    try {
      const output = await intercept(interceptors, trace, () => run(trace));
      runHook(onSuccess, () => ({ ...trace.toEvent(), output }));
      return output;
    } catch (error) {
      if (!isControlFlow(error)) {
        const origin = isCRPCError(error) ? error.origin : 'client';
        runHook(onError, () => ({ ...trace.toEvent(), error, origin }));
      }
      throw error;
    }
  };
}

function intercept(
  interceptors: readonly CallInterceptor[],
  trace: CallTrace,
  run: () => Promise<unknown>,
): Promise<unknown> {
  const runFrom = async (index: number): Promise<unknown> => {
    const interceptor = interceptors[index];
    return interceptor === undefined ? run() : interceptor(trace, () => runFrom(index + 1));
  };
  return runFrom(0);
}
