/**
 * `kitcn/server` without a chunk that is loaded later, for those who would pay for it and have nothing of it: Node loads
 * another file, Convex deploys it with functions that never call anybody, Wrangler puts it into its one file anyway.
 */
export { createCallerFactory } from '../caller/create-caller-factory-at-once.ts';
export { initCRPC } from '../procedure/init.ts';
export { requireActionCtx, requireSchedulerCtx } from '../runtime/context-kind.ts';
export { createModuleCaller } from '../runtime/create-module-caller.ts';
export { createModuleHandler } from '../runtime/create-module-handler.ts';
