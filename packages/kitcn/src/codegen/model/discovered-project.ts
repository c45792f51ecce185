import type { AnalyzedFunction } from '../../project/analyze.ts';
import type { RouteModel } from './project-model.ts';
import type { FunctionSchemas, RouteSchemas } from './sent-schemas.ts';
import type { FunctionTypes } from './type-expression.ts';

/** What discovery found in the entry points of a functions folder. */
export interface DiscoveredProject {
  hasSchema: boolean;
  hasComponents: boolean;
  modules: DiscoveredModule[];
}

export interface DiscoveredModule {
  /** Relative to the functions folder, without extension: `items/queries`. */
  path: string;
  /** Path from the project folder: `convex/functions/items/queries.ts`. */
  file: string;
  functions: DiscoveredFunction[];
  /** HTTP routes, which only `http` has. */
  routes?: DiscoveredRoute[];
}

/** A function, as its module's evaluation shows it. */
export interface DiscoveredFunction extends AnalyzedFunction {
  types: FunctionTypes;
  /** For who asked for them. */
  schemas?: FunctionSchemas;
}

/** An HTTP route of the default export of `http.ts`. */
export interface DiscoveredRoute extends RouteModel {
  /** For who asked for them. */
  schemas?: RouteSchemas;
}
