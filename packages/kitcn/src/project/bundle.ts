/** One ES module of a bundle: an entry point or a chunk that entry points share. */
export interface BundledModule {
  /** Relative to the functions folder, `/`-separated, ends in `.js`: `items/queries.js`, `_deps/chunk-AB12.js`. */
  path: string;
  source: string;
  /** Names its sources by their path from the project folder, `/`-separated: `convex/functions/teams.ts`. */
  sourceMap: string | null;
}

/** What esbuild made of a functions folder: ES modules that import each other by relative paths, and packages by name if they were bundled apart. */
export interface FunctionsBundle {
  /** Entry points, without `.js`: `teams`, `items/queries`, `schema`, `auth.config`, `http`, `crons`. Sorted. */
  entries: string[];
  modules: BundledModule[];
  /** Modules that hold packages, by the names under which the others import them: `zod` → `_packages/zod.js`. */
  packages?: Readonly<Record<string, string>>;
  /** Absolute paths of the source files that went in, for a watcher. */
  inputs: string[];
}
