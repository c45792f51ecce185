import { declareErrors } from './declared-errors.ts';
import type { ErrorDeclarations } from './error-types.ts';
import type {
  AnyRouteMiddleware,
  RouteDefinition,
  RouteHandler,
  RouteInfo,
  RouteMethod,
  RoutePart,
  RouteType,
} from './route-definition.ts';
import type { Schema } from './schema.ts';

/**
 * The builder of routes at run time; its types are in `route-types.ts`. It notes down and checks nothing but codes of
 * errors, in as few bytes as that takes: every project that has procedures bundles it, but `kitcn/http`, where routes are
 * checked and run, only those that have routes.
 */
export function createRouteBuilder(definition: RouteDefinition): object {
  const withChange = (change: Partial<RouteDefinition>): object =>
    createRouteBuilder({ ...definition, ...change });
  const at = (method: RouteMethod) => (path: string) => withChange({ method, path });
  const read = (part: RoutePart) => (schema: Schema) =>
    withChange({ schemas: { ...definition.schemas, [part]: schema } });
  const finish = (type: RouteType) => (handler: RouteHandler) => ({
    '~crpc': { ...definition, type, handler } satisfies RouteInfo,
  });
  return {
    get: at('GET'),
    post: at('POST'),
    put: at('PUT'),
    patch: at('PATCH'),
    delete: at('DELETE'),
    params: read('params'),
    searchParams: read('searchParams'),
    input: read('input'),
    form: read('form'),
    output: (output: Schema) => withChange({ output }),
    meta: (meta: object) => withChange({ meta: { ...definition.meta, ...meta } }),
    errors: (declarations: ErrorDeclarations) =>
      withChange({ errors: declareErrors(declarations, definition.errors) }),
    use: (middleware: AnyRouteMiddleware) =>
      withChange({ middlewares: [...definition.middlewares, middleware] }),
    query: finish('query'),
    mutation: finish('mutation'),
  };
}
