import { patchCall, toValue } from '../procedure/compose-middlewares.ts';
import type { Patch } from '../procedure/compose-middlewares.ts';
import type { MiddlewareNext, MiddlewareResult, ProcedureFacts } from '../procedure/middleware.ts';
import type { AnyRouteMiddleware, RouteCall, RouteInfo } from '../procedure/route-definition.ts';

type Layer = (call: RouteCall) => Promise<MiddlewareResult<object>>;

/** The middlewares around the handler, in the order written, as one function of a request. */
export function composeRoute(info: RouteInfo): (call: RouteCall) => unknown {
  const { errors, handler, meta, method, middlewares, path } = info;
  const run = ({ ctx, c, params, searchParams, input, form }: RouteCall): unknown =>
    handler({ ctx, c, params, searchParams, input, form, meta, errors });
  if (middlewares.length === 0) return run;
  // What runs an action's middleware runs a route's: its context is the same.
  const procedure: ProcedureFacts = { name: `${method} ${path}`, type: 'action' };
  let layer: Layer = async (call) => ({ value: await run(call) });
  for (const middleware of middlewares.toReversed()) {
    layer = wrap(middleware, layer, { errors, meta, procedure });
  }
  return (call) => layer(call).then(toValue);
}

function wrap(
  middleware: AnyRouteMiddleware,
  rest: Layer,
  facts: Pick<RouteInfo, 'errors' | 'meta'> & { procedure: ProcedureFacts },
): Layer {
  return (call) => {
    const { raw, ...options } = call;
    const next: MiddlewareNext = (patch?: Patch) => {
      try {
        return rest(patch === undefined ? call : patchCall(call, patch));
      } catch (error) {
        return Promise.reject(error);
      }
    };
    return middleware({ ...options, ...facts, getRawInput: () => raw, next });
  };
}
