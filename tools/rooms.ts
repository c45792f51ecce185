/** Level of each room: a room imports rooms of a lower level only, besides its side doors. The one place to change. */
export const LEVELS: Readonly<Record<string, number>> = {
  shared: 0,
  errors: 1,
  wire: 1,
  procedure: 2,
  http: 2,
  api: 2,
  caller: 3,
  runtime: 3,
  project: 3,
  otel: 4,
  codegen: 4,
  backend: 4,
  testing: 5,
  cli: 5,
  entries: 6,
};

/**
 * Imports between rooms of one level that are allowed: `wire` reports failures as `CRPCError`s, `http` runs what
 * `procedure` has builders for.
 */
export const SIDE_DOORS: Readonly<Record<string, readonly string[]>> = {
  wire: ['errors'],
  http: ['procedure'],
};

/** Rooms whose code is bundled into Convex functions, where Node is absent. */
export const ROOMS_WITHOUT_NODE: readonly string[] = [
  'shared',
  'errors',
  'wire',
  'procedure',
  'http',
  'api',
  'runtime',
];

/** Entries that run outside Node too: nothing that they reach may be Node's or belong to the tool half. */
export const LIBRARY_ENTRIES: readonly string[] = [
  'entries/server.ts',
  'entries/server-at-once.ts',
  'entries/crpc.ts',
  'entries/http.ts',
  'entries/otel.ts',
];

/** The tool half, which library entries never reach. */
export const TOOL_ROOMS: readonly string[] = ['cli', 'testing', 'codegen', 'backend', 'project'];
