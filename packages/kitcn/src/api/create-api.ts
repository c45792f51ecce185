import { makeFunctionReference } from 'convex/server';
import type { ProcedureType } from '../shared/type-procedure.ts';

/** What generated code says of one function. */
export interface ApiFunctionSpec {
  type: ProcedureType;
  meta?: Record<string, unknown>;
  /** The codes that it declares, with their HTTP statuses. */
  errors?: Record<string, number>;
}

/** What generated code says of one HTTP route. */
export interface ApiRouteSpec {
  type: 'query' | 'mutation';
  /** `GET /users/:id` */
  route: string;
  meta?: Record<string, unknown>;
  errors?: Record<string, number>;
}

/** Folders and modules of the functions folder; the leaves are functions, and under `http` also routes. */
export interface ApiSpec {
  [name: string]: ApiSpec | ApiFunctionSpec | ApiRouteSpec;
}

/**
 * Builds the `api` tree that generated code exports: each leaf a Convex `FunctionReference` with `'~crpc'` on it, or that
 * alone for a route, which Convex has no references for.
 */
export function createApi<Api extends object>(spec: ApiSpec): Api {
  return createBranch(spec, []) as Api; // Generated code writes the type and the spec from one model.
}

function createBranch(spec: ApiSpec, path: readonly string[]): object {
  const branch: Record<string, object> = {};
  for (const [name, child] of Object.entries(spec)) {
    branch[name] = isLeafSpec(child)
      ? createLeaf(`${path.join('/')}:${name}`, child)
      : createBranch(child, [...path, name]);
  }
  return branch;
}

function createLeaf(name: string, spec: ApiFunctionSpec | ApiRouteSpec): object {
  const { type, meta, errors } = spec;
  if ('route' in spec) {
    const [method, path] = spec.route.split(' ');
    return { '~crpc': { type, meta, errors, method, path } };
  }
  return Object.assign(makeFunctionReference(name), { '~crpc': { type, meta, errors } });
}

/** A module's members are objects, so a string under `type` can only be a function's or a route's. */
function isLeafSpec(
  spec: ApiSpec | ApiFunctionSpec | ApiRouteSpec,
): spec is ApiFunctionSpec | ApiRouteSpec {
  return typeof spec.type === 'string';
}
