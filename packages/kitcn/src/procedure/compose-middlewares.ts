import type { AnyMiddleware, ProcedureInfo } from './definition.ts';
import type { MiddlewareNext, MiddlewareResult, ProcedureFacts } from './middleware.ts';
import { misuse } from './misuse.ts';

/** One call on its way through the middlewares. */
export interface Call {
  readonly ctx: object;
  readonly input: unknown;
  /** The arguments as the caller passed them. */
  readonly raw: unknown;
}

type Result = MiddlewareResult<object>;
type Layer = (call: Call) => Promise<Result>;

/** What a middleware may hand to `next()`. */
export interface Patch {
  ctx?: object;
  input?: object;
}

/** The middlewares around the handler, in the order written, as one function of a call; made by the first call. */
export function composeMiddlewares(info: ProcedureInfo): (call: Call) => unknown {
  const { errors, handler, middlewares } = info;
  if (middlewares.length === 0) return ({ ctx, input }) => handler({ ctx, input, errors });
  let layer: Layer | undefined;
  return (call) => {
    layer ??= createLayers(info);
    return layer(call).then(toValue);
  };
}

function createLayers(info: ProcedureInfo): Layer {
  const { errors, handler, meta, middlewares, type } = info;
  const procedure: ProcedureFacts = {
    type,
    get name() {
      return info.functionName ?? 'unknown';
    },
  };
  let layer: Layer = async ({ ctx, input }) => ({ value: await handler({ ctx, input, errors }) });
  for (const middleware of middlewares.toReversed()) {
    layer = wrap(middleware, layer, { errors, meta, procedure });
  }
  return layer;
}

type Facts = Pick<Parameters<AnyMiddleware>[0], 'errors' | 'meta' | 'procedure'>;

function wrap(middleware: AnyMiddleware, rest: Layer, facts: Facts): Layer {
  const { errors, meta, procedure } = facts;
  return (call) => {
    const { ctx, input, raw } = call;
    // What the rest gives is passed on as it is, so a layer costs one promise: the middleware's own.
    const next: MiddlewareNext = (patch?: Patch) => {
      try {
        return rest(patch === undefined ? call : patchCall(call, patch));
      } catch (error) {
        return Promise.reject(error);
      }
    };
    return middleware({ ctx, input, errors, meta, procedure, getRawInput: () => raw, next });
  };
}

/** The call with what a middleware handed to `next()`. */
export function patchCall<C extends { ctx: object; input: unknown }>(call: C, patch: Patch): C {
  const { ctx, input } = call;
  return {
    ...call,
    ctx: patch.ctx === undefined || patch.ctx === ctx ? ctx : { ...ctx, ...patch.ctx },
    input: patch.input === undefined ? input : { ...(input as object), ...patch.input },
  };
}

/** What came back through a middleware. */
export function toValue(result: Result | undefined): unknown {
  if (result !== undefined && 'value' in result) return result.value;
  throw misuse('A middleware must return what next() returned');
}
