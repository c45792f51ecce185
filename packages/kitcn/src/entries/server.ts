export type { ConvexContext, CreateContextOptions } from '../caller/convex-context.ts';
export { createCallerFactory } from '../caller/create-caller-factory.ts';
export type {
  CallerAuthOptions,
  CallerFactory,
  CreateCallerFactoryOptions,
  GetToken,
} from '../caller/create-caller-factory.ts';
export type { LazyCaller, LazyCallerAuth } from '../caller/lazy-caller.ts';
export type {
  CallOptions,
  ServerCall,
  ServerCaller,
  SkipUnauthOptions,
} from '../caller/server-caller.ts';
export type { TokenResult } from '../caller/token-source.ts';
export type { Fetch } from '../caller/transport.ts';
export type { TypeMessage } from '../procedure/builder-types.ts';
export type {
  HandlerOptions,
  Procedure,
  ProcedureBuilder,
  ProcedureBuilderWithOutput,
} from '../procedure/builder-types.ts';
export { initCRPC } from '../procedure/init.ts';
export type { ContextOptions, CreateOptions, CRPC, InitCRPC } from '../procedure/init.ts';
export type {
  Extended,
  Middleware,
  MiddlewareNext,
  MiddlewareOptions,
  MiddlewareResult,
} from '../procedure/middleware.ts';
export type { InputErrorData, InputIssue } from '../procedure/parse.ts';
export { requireActionCtx, requireSchedulerCtx } from '../runtime/context-kind.ts';
export type {
  ActionCallerCtx,
  MutationCallerCtx,
  MutationHandlerCtx,
  QueryCallerCtx,
  QueryHandlerCtx,
} from '../runtime/context-kind.ts';
export { createModuleCaller } from '../runtime/create-module-caller.ts';
export { createModuleHandler } from '../runtime/create-module-handler.ts';
export type { ModuleDefinition } from '../runtime/module-definition.ts';
export type {
  Callable,
  CallerFunction,
  HandlerFunction,
  Schedule,
  ScheduledId,
  ScheduleFunction,
} from '../runtime/module-types.ts';
export type { DataTransformer, TransformerOption } from '../wire/transformer.ts';
