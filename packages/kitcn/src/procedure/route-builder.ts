import { misuse } from './misuse.ts';
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
 * The builder of routes at run time; its types are in `route-types.ts`. It notes down and checks nothing: every project
 * that has procedures bundles it, but `kitcn/http`, where routes are checked and run, only those that have routes.
 */
export class RouteBuilder {
  readonly #definition: RouteDefinition;

  constructor(definition: RouteDefinition) {
    this.#definition = definition;
  }

  get(path: string): RouteBuilder {
    return this.#at('GET', path);
  }

  post(path: string): RouteBuilder {
    return this.#at('POST', path);
  }

  put(path: string): RouteBuilder {
    return this.#at('PUT', path);
  }

  patch(path: string): RouteBuilder {
    return this.#at('PATCH', path);
  }

  delete(path: string): RouteBuilder {
    return this.#at('DELETE', path);
  }

  meta(meta: Record<string, unknown>): RouteBuilder {
    return this.#with({ meta: { ...this.#definition.meta, ...meta } });
  }

  use(middleware: AnyRouteMiddleware): RouteBuilder {
    return this.#with({ middlewares: [...this.#definition.middlewares, middleware] });
  }

  params(schema: Schema): RouteBuilder {
    return this.#read('params', schema);
  }

  searchParams(schema: Schema): RouteBuilder {
    return this.#read('searchParams', schema);
  }

  input(schema: Schema): RouteBuilder {
    return this.#read('input', schema);
  }

  form(schema: Schema): RouteBuilder {
    return this.#read('form', schema);
  }

  output(schema: Schema): RouteBuilder {
    return this.#with({ output: schema });
  }

  query(handler: RouteHandler): { '~crpc': RouteInfo } {
    return this.#finish('query', handler);
  }

  mutation(handler: RouteHandler): { '~crpc': RouteInfo } {
    return this.#finish('mutation', handler);
  }

  #with(change: Partial<RouteDefinition>): RouteBuilder {
    return new RouteBuilder({ ...this.#definition, ...change });
  }

  #at(method: RouteMethod, path: string): RouteBuilder {
    return this.#with({ method, path });
  }

  #read(part: RoutePart, schema: Schema): RouteBuilder {
    const { schemas, method, path } = this.#definition;
    if (schemas[part]) throw misuse(`${method} ${path}: .${part}() can be called once`);
    return this.#with({ schemas: { ...schemas, [part]: schema } });
  }

  #finish(type: RouteType, handler: RouteHandler): { '~crpc': RouteInfo } {
    return { '~crpc': { ...this.#definition, type, handler } };
  }
}
