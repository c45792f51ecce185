/** The types of `kitcn/crpc` that `convex/shared/api.ts` and contracts may import. */
export const API_TYPES: readonly string[] = [
  'ApiFunction',
  'ApiLeaf',
  'ApiRoute',
  'ApiRouteLeaf',
  'DeclaringLeaf',
  'DeclaringRouteLeaf',
  'Page',
  'PageInput',
  'PaginatedArgs',
  'inferErrors',
  'inferInput',
  'inferOutput',
];

/** The types of `kitcn/server` that `generated/<module>.runtime.ts` may import. */
export const RUNTIME_TYPES: readonly string[] = [
  'ActionCallerCtx',
  'CallPromise',
  'Callable',
  'CallerFunction',
  'DeclaringCallable',
  'HandlerFunction',
  'HandlerOutput',
  'MutationCallerCtx',
  'MutationHandlerCtx',
  'Page',
  'PageInput',
  'ParsedPageInput',
  'QueryCallerCtx',
  'QueryHandlerCtx',
  'Schedule',
  'ScheduledId',
  'ScheduleFunction',
  'inferErrors',
  'inferInput',
  'inferOutput',
];
