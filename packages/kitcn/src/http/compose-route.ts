import { composeLayers } from '../procedure/compose-layers.ts';
import type { MiddlewareNext, ProcedureFacts } from '../procedure/middleware.ts';
import type { RouteCall, RouteInfo } from '../procedure/route-definition.ts';

/** The middlewares around the handler, in the order written, as one function of a request. */
export function composeRoute(info: RouteInfo): (call: RouteCall) => unknown {
  const { errors, handler, meta, method, middlewares, path } = info;
  const run = ({ ctx, c, params, searchParams, input, form }: RouteCall): unknown =>
    handler({ ctx, c, params, searchParams, input, form, meta, errors });
  if (middlewares.length === 0) return run;
  // What runs an action's middleware runs a route's: its context is the same.
  const procedure: ProcedureFacts = { name: `${method} ${path}`, type: 'action' };
  const layers = middlewares.map(
    (middleware) =>
      ({ raw, ...options }: RouteCall, next: MiddlewareNext) =>
        middleware({ ...options, errors, meta, procedure, getRawInput: () => raw, next }),
  );
  return composeLayers(layers, run);
}
