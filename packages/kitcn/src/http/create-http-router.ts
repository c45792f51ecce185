import { HttpRouterWithHono } from 'convex-helpers/server/hono';
import type { HonoWithConvex } from 'convex-helpers/server/hono';
import { ROUTABLE_HTTP_METHODS } from 'convex/server';
import type { GenericActionCtx, GenericDataModel, HttpRouter } from 'convex/server';
import type { Env, Hono, Schema } from 'hono';
import { CRPCError } from '../errors/crpc-error.ts';
import type { NamedRoute } from '../procedure/route-definition.ts';
import type { Router, RouteTree } from '../procedure/route-types.ts';
import { createTextCodec } from '../wire/text-codec.ts';
import { toErrorResponse } from './error-response.ts';
import { listRoutes } from './list-routes.ts';
import { createRouteHandler } from './run-route.ts';

/** The default export of `http.ts`: Convex's own router, which knows its routes. */
export interface TypedHttpRouter<Routes> extends HttpRouter {
  readonly '~crpc': {
    readonly routes: readonly NamedRoute[];
    /** Exists in types only. */
    readonly tree?: Routes;
  };
}

/**
 * Serves routes by a Hono app: `export default createHttpRouter(app, appRouter)` in `http.ts`. What the app has of its
 * own (middleware as CORS, further routes) stays. Its `notFound` is set: 404, or 405 with `Allow` for the path of a
 * route. Throws for two routes that answer the same requests, and for routes that cannot work.
 */
export function createHttpRouter<
  E extends Env,
  S extends Schema,
  BasePath extends string,
  Routes extends RouteTree,
>(app: Hono<E, S, BasePath>, router: Router<Routes>): TypedHttpRouter<Routes> {
  // Which environment a user's app declares is between it and its own handlers.
  const served = app as unknown as Hono;
  const routes = listRoutes(router);
  const handlers = new Set<unknown>();
  for (const { info } of routes) {
    const handler = createRouteHandler(info);
    handlers.add(handler);
    served.on(info.method, info.path, handler);
  }
  served.notFound((c) => refuse(methodsAt(c.req.path, served, handlers)));
  const convexApp = served as unknown as HonoWithConvex<GenericActionCtx<GenericDataModel>>;
  return Object.assign(new HttpRouterWithHono(convexApp), { '~crpc': { routes } });
}

/** The methods under which routes of ours answer at a path. */
function methodsAt(path: string, app: Hono, handlers: ReadonlySet<unknown>): string[] {
  return ROUTABLE_HTTP_METHODS.filter((method) =>
    app.router.match(method, path)[0].some(([[handler]]) => handlers.has(handler)),
  );
}

const { output } = createTextCodec();

function refuse(methods: readonly string[]): Response {
  if (methods.length === 0) {
    return toErrorResponse(new CRPCError({ code: 'NOT_FOUND', message: 'No such route' }), output);
  }
  // Convex answers HEAD by what answers GET.
  const allow = methods.flatMap((method) => (method === 'GET' ? [method, 'HEAD'] : [method]));
  const message = `This route answers to ${methods.join(', ')}`;
  const response = toErrorResponse(
    new CRPCError({ code: 'METHOD_NOT_SUPPORTED', message }),
    output,
  );
  response.headers.set('allow', allow.join(', '));
  return response;
}
