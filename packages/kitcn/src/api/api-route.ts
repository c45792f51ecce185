import type { ApiFunctionInfo, DeclaringFunctionInfo } from './api-function.ts';
import type { DeclaringCall, OptionsOf, ServerCallOf } from './server-call.ts';

type RouteType = 'query' | 'mutation';

/** What a leaf of `api.http` knows of its route. */
export interface ApiRouteInfo<Type extends RouteType, Input, Output> extends ApiFunctionInfo<
  Type,
  Input,
  Output
> {
  readonly method: string;
  /** `/users/:id` */
  readonly path: string;
}

/** A leaf of `api.http`: an HTTP route, which only callers of ours can call. */
export interface ApiRouteLeaf<Type extends RouteType, Input, Output> {
  readonly '~crpc': ApiRouteInfo<Type, Input, Output>;
  /** How a caller calls it; exists in types only. */
  readonly '~call': ServerCallOf<Type, Input, Output>;
}

/** The same of a route that declares errors. */
export interface DeclaringRouteInfo<
  Type extends RouteType,
  Input,
  Output,
  Errors,
> extends DeclaringFunctionInfo<Type, Input, Output, Errors> {
  readonly method: string;
  readonly path: string;
}

/** A leaf of a route that declares errors: by code, their data. */
export interface DeclaringRouteLeaf<Type extends RouteType, Input, Output, Errors> {
  readonly '~crpc': DeclaringRouteInfo<Type, Input, Output, Errors>;
  /** How a caller calls it; exists in types only. */
  readonly '~call': DeclaringCall<Input, Output, Errors, OptionsOf<Type>>;
}

/** The leaf of a route by its name in `http.ts`, for types that cannot be written out. */
export type ApiRoute<Http, Name extends readonly string[]> = Http extends {
  readonly '~crpc': { readonly tree?: infer Tree };
}
  ? LeafOf<RouteAt<NonNullable<Tree>, Name>>
  : never;

/** Goes down a tree of routes, through the routers in it. */
type RouteAt<Tree, Name extends readonly string[]> = Tree extends {
  readonly '~routes': infer Routes;
}
  ? RouteAt<Routes, Name>
  : Name extends readonly [infer First extends keyof Tree, ...infer Rest extends string[]]
    ? RouteAt<Tree[First], Rest>
    : Tree;

type LeafOf<Route> = Route extends {
  readonly '~crpc': { readonly type: infer Type extends RouteType; readonly types?: infer Types };
}
  ? NonNullable<Types> extends { input: infer Input; output: infer Output; errors: infer Errors }
    ? [keyof Errors] extends [never]
      ? ApiRouteLeaf<Type, Input, Output>
      : DeclaringRouteLeaf<Type, Input, Output, Errors>
    : never
  : never;
