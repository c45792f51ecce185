import type { Context } from 'hono';
import type { TransformerOption } from '../wire/transformer.ts';
import type { DeclaredErrors } from './declared-errors.ts';
import type { MiddlewareOptions, MiddlewareResult } from './middleware.ts';
import type { Schema } from './schema.ts';

/** The methods that a route can have. */
export type RouteMethod = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** How clients treat a route: as something that can be asked again, or as something that changes data. */
export type RouteType = 'query' | 'mutation';

/** What a request may be read for: each has a schema of its own. */
export type RoutePart = 'params' | 'searchParams' | 'input' | 'form';

/** One request on its way to a handler. Parts that no schema reads are `undefined`. */
export interface RouteCall {
  readonly ctx: object;
  /** Hono's context of the request. */
  readonly c: Context;
  readonly params: unknown;
  readonly searchParams: unknown;
  readonly input: unknown;
  readonly form: unknown;
  /** The body before its schema. */
  readonly raw: unknown;
}

export type RouteHandler = (
  options: Omit<RouteCall, 'raw'> & {
    meta: Readonly<Record<string, unknown>>;
    errors: DeclaredErrors;
  },
) => unknown;

/** A middleware whose types have been seen to by the builder's. */
export type AnyRouteMiddleware = (
  options: Omit<RouteCall, 'raw'> & MiddlewareOptions<object, unknown, Record<string, unknown>>,
) => Promise<MiddlewareResult<object>>;

/** All that a route's builder has been told. */
export interface RouteDefinition {
  readonly method: RouteMethod;
  /** `/users/:id` */
  readonly path: string;
  readonly meta: Readonly<Record<string, unknown>>;
  readonly schemas: Readonly<Partial<Record<RoutePart, Schema>>>;
  readonly output?: Schema | undefined;
  /** What `.errors()` was given, by code, as functions that make the errors. */
  readonly errors: DeclaredErrors;
  readonly middlewares: readonly AnyRouteMiddleware[];
  /** What `initCRPC.context()` adds to the context of actions. */
  readonly extendContext: ((ctx: object) => object | Promise<object>) | undefined;
  /** Of values in bodies; `kitcn/http` alone makes a codec of it. */
  readonly transformer: TransformerOption | undefined;
}

/** What a route carries under `'~crpc'`. */
export interface RouteInfo extends RouteDefinition {
  readonly type: RouteType;
  readonly handler: RouteHandler;
}

/** A route with the way to it through its routers: `['users', 'get']`. */
export interface NamedRoute {
  readonly name: readonly string[];
  readonly info: RouteInfo;
}
