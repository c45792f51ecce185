export type {
  CallOptions,
  DeclaringCall,
  OptionalServerCall,
  QueryCallOptions,
  ServerCall,
  SkipUnauthOptions,
} from '../api/server-call.ts';
export type { ActingIdentity } from '../caller/admin-key.ts';
export type {
  CallErrorEvent,
  CallEvent,
  CallHooks,
  CallInterceptor,
  CallSuccessEvent,
  InterceptedCall,
} from '../caller/call-hooks.ts';
export type {
  CallerAuthOptions,
  CreateCallerFactoryOptions,
  GetToken,
} from '../caller/caller-options.ts';
export type { TransportName } from '../caller/choose-exchange.ts';
export type { Clock } from '../shared/clock.ts';
export type {
  AdminContext,
  ConvexContext,
  CreateContextOptions,
} from '../caller/convex-context.ts';
export { createCallerFactory } from '../caller/create-caller-factory.ts';
export type { AdminCallerFactory, CallerFactory } from '../caller/caller-factory.ts';
export type { Fetch } from '../caller/http-exchange.ts';
export type { LazyCaller, LazyCallerAuth } from '../caller/lazy-caller.ts';
export type { ServerCaller } from '../caller/server-caller.ts';
export type {
  Snapshot,
  SnapshotCaller,
  SnapshotOptions,
  SnapshotQueries,
  SnapshotQuery,
  SnapshotResult,
} from '../caller/snapshot.ts';
export type { TokenResult } from '../caller/token-source.ts';
export type {
  PageHandlerOptions,
  PaginatedOptions,
  PaginatedQueryBuilder,
  ProcedureBuilderWithOutput,
} from '../procedure/builder-output-types.ts';
export type {
  ArgsOptions,
  HandlerOptions,
  ProcedureBuilder,
  ProcedureBuilderWithInput,
  ReturnsOptions,
} from '../procedure/builder-types.ts';
export type {
  ErrorData,
  ErrorDeclaration,
  ErrorDeclarations,
  ErrorMakerOptions,
  ErrorMakers,
} from '../procedure/error-types.ts';
export type { inferErrors, inferInput, inferOutput } from '../procedure/infer-types.ts';
export { initCRPC } from '../procedure/init.ts';
export type {
  ContextOptions,
  CreateMiddleware,
  CreateOptions,
  CRPC,
  InitCRPC,
} from '../procedure/init.ts';
export type {
  Extended,
  InputPatch,
  Middleware,
  MiddlewareNext,
  MiddlewareOptions,
  MiddlewareResult,
  ProcedureFacts,
  StandaloneMiddleware,
} from '../procedure/middleware.ts';
export type { InputErrorData } from '../procedure/parse.ts';
export type {
  NoInput,
  Page,
  PageInput,
  PaginatedArgs,
  ParsedPageInput,
  ProcedureResult,
} from '../procedure/procedure-types.ts';
export type { RouteInfo, RouteType } from '../procedure/route-definition.ts';
export type {
  HttpActionBuilder,
  Route,
  RouteBuilder,
  RouteBuilderWithOutput,
  RouteMiddleware,
  RouteMiddlewareOptions,
  RouteOptions,
  Router,
  RouteTree,
} from '../procedure/route-types.ts';
export type { InputIssue } from '../procedure/schema-parser.ts';
export type { ConvexSchema, StandardSchema, ZodSchema } from '../procedure/schema.ts';
export type { TypeMessage } from '../procedure/type-message.ts';
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
  DeclaringCallable,
  HandlerFunction,
  HandlerOutput,
  Schedule,
  ScheduledId,
  ScheduleFunction,
} from '../runtime/module-types.ts';
export type { DataTransformer, TransformerOption } from '../wire/transformer.ts';
export type {
  CallPromise,
  NoErrors,
  ProcedureType,
  ProcedureTypes,
} from '../shared/type-procedure.ts';
export type { Encoded, EncodedArgs, EncodedDate } from '../wire/encoded.ts';
