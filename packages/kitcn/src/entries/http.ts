/** Serves typed HTTP routes: for `convex/http.ts` only, so that other functions do not bundle Hono. */
export { createHttpRouter } from '../http/create-http-router.ts';
export type { TypedHttpRouter } from '../http/create-http-router.ts';
export type { NamedRoute } from '../procedure/route-definition.ts';
