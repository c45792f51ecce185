import type { MiddlewareNext, MiddlewareResult } from './middleware.ts';
import { misuse } from './misuse.ts';

/** What a middleware may hand to `next()`. */
export interface Patch {
  ctx?: object;
  input?: object;
}

/** What a middleware may change of a call. */
interface Patchable {
  readonly ctx: object;
  readonly input: unknown;
}

type Result = MiddlewareResult<object>;

/** A middleware as a function of the call and of the way on. */
export type Layer<Call> = (call: Call, next: MiddlewareNext) => Promise<Result>;

/** The layers around `run`, the first one outermost, as one function of a call. */
export function composeLayers<Call extends Patchable>(
  layers: readonly Layer<Call>[],
  run: (call: Call) => unknown,
): (call: Call) => Promise<unknown> {
  const core = async (call: Call): Promise<Result> => ({ value: await run(call) });
  const composed = layers.reduceRight(wrap, core);
  return (call) => composed(call).then(toValue);
}

type Rest<Call> = (call: Call) => Promise<Result>;

function wrap<Call extends Patchable>(rest: Rest<Call>, layer: Layer<Call>): Rest<Call> {
  return (call) =>
    // What the rest gives is passed on as it is, so a layer costs one promise: the middleware's own.
    layer(call, (patch?: Patch) => {
      try {
        return rest(patch === undefined ? call : patchCall(call, patch));
      } catch (error) {
        return Promise.reject(error);
      }
    });
}

/** The call with what a middleware handed to `next()`. */
export function patchCall<Call extends Patchable>(call: Call, patch: Patch): Call {
  const { ctx, input } = call;
  return {
    ...call,
    ctx: patch.ctx === undefined || patch.ctx === ctx ? ctx : { ...ctx, ...patch.ctx },
    input: patch.input === undefined ? input : { ...(input as object), ...patch.input },
  };
}

/** What came back through a middleware. */
function toValue(result: Result | undefined): unknown {
  if (result !== undefined && 'value' in result) return result.value;
  throw misuse('A middleware must return what next() returned');
}
