import type { JSONValue } from 'convex/values';
import type { FunctionTypes, RouteTypes } from './type-expression.ts';

/** What the generated files say about a project: plain data, in the order in which it is printed. */
export interface ProjectModel {
  hasSchema: boolean;
  /** Whether a `convex.config` file is there, which may install components. */
  hasComponents: boolean;
  /** Modules with at least one query, mutation or action, sorted by path. */
  modules: ModuleModel[];
  /** The HTTP routes of `http.ts`. */
  routes: RouteModel[];
}

export interface RouteModel {
  /** The way to it below `api.http`: `['users', 'get']`. */
  name: string[];
  kind: 'query' | 'mutation';
  method: string;
  /** `/users/:id` */
  path: string;
  meta?: { [key: string]: JSONValue };
  types: RouteTypes;
}

export interface ModuleModel {
  /** Relative to the functions folder, `/`-separated, without extension: `items/queries`. */
  path: string;
  /** The same with its extension: `items/queries.ts`. */
  fileName: string;
  /** The way to its functions in the `api` tree: `['items', 'queries']`. */
  apiPath: string[];
  /** What generated files import it as: `items_queries`. */
  importName: string;
  /** What the names of its generated interfaces and factories hold: `ItemsQueries`. */
  typeName: string;
  /** Sorted by name. */
  functions: FunctionModel[];
}

export interface FunctionModel {
  name: string;
  kind: 'query' | 'mutation' | 'action';
  visibility: 'public' | 'internal';
  meta?: { [key: string]: JSONValue };
  types: FunctionTypes;
}
