type Operations = readonly string[];

/** What code in functions calls, by parts of `ctx`, and the operations that `convex/server` makes of it. */
export const CALLS: Readonly<Record<string, Readonly<Record<string, Operations>>>> = {
  '`ctx.db`, reading': {
    '`get`': ['1.0/get'],
    '`query` with `withIndex`, `filter`, `order`, `first`, `unique`, `take`, `collect`': [
      '1.0/queryStream',
      '1.0/queryStreamNext',
      '1.0/queryCleanup',
    ],
    '`paginate`': ['1.0/queryPage'],
    '`count`': ['1.0/count'],
    '`normalizeId`': ['1.0/db/normalizeId'],
  },
  '`ctx.db`, writing': {
    '`insert`': ['1.0/insert'],
    '`patch`': ['1.0/shallowMerge'],
    '`replace`': ['1.0/replace'],
    '`delete`': ['1.0/remove'],
  },
  'other functions': {
    '`runQuery` and `runMutation` in one transaction': ['1.0/runUdf'],
    '`runQuery`, `runMutation` and `runAction` from actions': [
      '1.0/actions/query',
      '1.0/actions/mutation',
      '1.0/actions/action',
    ],
    '`createFunctionHandle`': ['1.0/createFunctionHandle'],
  },
  '`ctx.scheduler`': {
    '`runAfter`, `runAt`': ['1.0/schedule', '1.0/actions/schedule'],
    '`cancel`': ['1.0/cancel_job', '1.0/actions/cancel_job'],
  },
  '`ctx.auth`': { '`getUserIdentity`': ['1.0/getUserIdentity'] },
  '`ctx.meta`': {
    '`getFunctionMetadata`': ['1.0/getFunctionMetadata'],
    '`getTransactionMetrics`': ['1.0/getTransactionMetrics'],
    '`getDeploymentMetadata`': ['1.0/getDeploymentMetadata'],
    '`getRequestMetadata`': ['1.0/getRequestMetadata'],
    '`getSnapshotTs`': ['1.0/getSnapshotTs'],
  },
};
