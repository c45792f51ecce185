import { misuse } from '../procedure/misuse.ts';
import type { NamedRoute, RouteInfo } from '../procedure/route-definition.ts';
import { definitionOf, isConvexSchema, isZodSchema } from '../procedure/schema.ts';
import type { Schema } from '../procedure/schema.ts';
import { comparePaths, pathParams, toPathPattern, tryParsePath } from './route-path.ts';

/**
 * The routes of a router and of the routers in it, special paths before general ones. Throws for routes that cannot
 * work, so that a mistake is met where a project is pushed or generated.
 */
export function listRoutes(router: object): NamedRoute[] {
  const routes = collect(router, []);
  const taken = new Map<string, NamedRoute>();
  for (const route of routes) {
    checkRoute(route);
    const address = `${route.info.method} ${toPathPattern(route.info.path)}`;
    const other = taken.get(address);
    if (other !== undefined) {
      throw misuse(`The routes ${describe(other)} and ${describe(route)} answer the same requests`);
    }
    taken.set(address, route);
  }
  return routes.sort((a, b) => comparePaths(a.info.path, b.info.path));
}

function collect(member: unknown, name: readonly string[]): NamedRoute[] {
  if (typeof member !== 'object' || member === null) throw notARoute(name);
  if ('~crpc' in member) return [toNamedRoute(member, name)];
  const routes = '~routes' in member ? member['~routes'] : member;
  if (typeof routes !== 'object' || routes === null) throw notARoute(name);
  return Object.entries(routes).flatMap(([key, child]) => collect(child, [...name, key]));
}

function toNamedRoute(member: object, name: readonly string[]): NamedRoute {
  const { '~crpc': info } = member as { '~crpc': Partial<RouteInfo> };
  if (typeof info.handler !== 'function' || info.path === undefined) throw notARoute(name);
  return { name, info: info as RouteInfo }; // Nothing but a route has a path.
}

function notARoute(name: readonly string[]): Error {
  return misuse(
    `${name.join('.') || 'What was given'} is no route: c.router takes what c.httpAction.get('/…').query(…) gives`,
  );
}

/** `users.get (GET /users/:id)` */
function describe({ name, info }: NamedRoute): string {
  return `${name.join('.')} (${info.method} ${info.path})`;
}

function checkRoute(route: NamedRoute): void {
  const { method, path, schemas } = route.info;
  if (tryParsePath(path) === undefined) {
    throw misuse(
      `${describe(route)}: a path is made of texts and parameters, as /users/:id or /users/:id{[0-9]+}`,
    );
  }
  if (schemas.input && schemas.form) {
    throw misuse(`${describe(route)}: a body is read by .input() or by .form(), not by both`);
  }
  if (method === 'GET' && (schemas.input || schemas.form)) {
    throw misuse(`${describe(route)}: a GET has no body; use .searchParams()`);
  }
  checkParams(route);
}

function checkParams(route: NamedRoute): void {
  const inPath = pathParams(route.info.path);
  if (new Set(inPath).size < inPath.length) {
    throw misuse(`${describe(route)}: two parameters have one name`);
  }
  const { params: schema } = route.info.schemas;
  const declared = schema === undefined ? [] : fieldNames(schema);
  const undeclared = inPath.filter((name) => declared?.includes(name) === false);
  const absent = declared?.filter((name) => !inPath.includes(name)) ?? [];
  if (undeclared.length > 0) {
    throw misuse(`${describe(route)}: .params() lacks ${undeclared.join(', ')}`);
  }
  if (absent.length > 0) throw misuse(`${describe(route)}: its path has no :${absent.join(', :')}`);
}

/** `undefined` where a schema does not tell. */
function fieldNames(schema: Schema): string[] | undefined {
  if (isConvexSchema(schema))
    return schema.kind === 'object' ? Object.keys(schema.fields) : undefined;
  if (!isZodSchema(schema)) return undefined;
  const def = definitionOf(schema);
  return def.type === 'object' ? Object.keys(def.shape) : undefined;
}
