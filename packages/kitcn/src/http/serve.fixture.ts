import { Hono } from 'hono';
import type { Router, RouteTree } from '../procedure/route-types.ts';
import { must } from '../shared/assert.ts';
import { createHttpRouter } from './create-http-router.ts';

/** Sends a request to a path as Convex would, with what of its context a test gives. */
export type Send = (path: string, init?: RequestInit & { ctx?: object }) => Promise<Response>;

/** Routes behind a router, called through Convex's own way in: `lookup`, then the action. */
export function serve(router: Router<RouteTree>, app: Hono = new Hono()): Send {
  const http = createHttpRouter(app, router);
  return async (path, { ctx = {}, ...init } = {}) => {
    const request = new Request(new URL(path, 'http://site.test'), init);
    const [action] = must(
      http.lookup(new URL(request.url).pathname, request.method as 'GET'),
      'Hono always matches',
    );
    // The registered HTTP action keeps the function that it was given, which takes the context.
    const { _handler } = action as unknown as {
      _handler(ctx: object, request: Request): Promise<Response>;
    };
    return _handler(ctx, request);
  };
}

export function json(value: unknown, type = 'application/json'): RequestInit {
  return { method: 'POST', headers: { 'content-type': type }, body: JSON.stringify(value) };
}
