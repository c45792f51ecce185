import { makeFunctionReference } from 'convex/server';
import type { ProcedureType } from '../shared/type-procedure.ts';

/** What generated code says of one function. */
export interface ApiFunctionSpec {
  type: ProcedureType;
  meta?: Record<string, unknown>;
  /** The codes that it declares, with their HTTP statuses. */
  errors?: Record<string, number>;
}

/** Folders and modules of the functions folder; the leaves are functions. */
export interface ApiSpec {
  [name: string]: ApiSpec | ApiFunctionSpec;
}

/** Builds the `api` tree that generated code exports: each leaf a Convex `FunctionReference` with `'~crpc'` on it. */
export function createApi<Api extends object>(spec: ApiSpec): Api {
  return createBranch(spec, []) as Api; // Generated code writes the type and the spec from one model.
}

function createBranch(spec: ApiSpec, path: readonly string[]): object {
  const branch: Record<string, object> = {};
  for (const [name, child] of Object.entries(spec)) {
    branch[name] = isFunctionSpec(child)
      ? createLeaf(`${path.join('/')}:${name}`, child)
      : createBranch(child, [...path, name]);
  }
  return branch;
}

function createLeaf(name: string, { type, meta, errors }: ApiFunctionSpec): object {
  return Object.assign(makeFunctionReference(name), { '~crpc': { type, meta, errors } });
}

/** A module's members are objects, so a string under `type` can only be a function's. */
function isFunctionSpec(spec: ApiSpec | ApiFunctionSpec): spec is ApiFunctionSpec {
  return typeof spec.type === 'string';
}
