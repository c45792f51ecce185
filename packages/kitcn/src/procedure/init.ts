import type {
  GenericActionCtx,
  GenericDataModel,
  GenericMutationCtx,
  GenericQueryCtx,
} from 'convex/server';
import { createCodec } from '../wire/codec.ts';
import type { TransformerOption } from '../wire/transformer.ts';
import type { NoErrors, ProcedureType } from '../shared/type-procedure.ts';
import type { ProcedureBuilder } from './builder-types.ts';
import { Builder } from './builder.ts';
import type { ErrorDeclarations } from './error-types.ts';
import type { Middleware, StandaloneMiddleware } from './middleware.ts';
import { createRouteBuilder } from './route-builder.ts';
import type { HttpActionBuilder, Router, RouteTree } from './route-types.ts';
import { createMiddleware } from './standalone-middleware.ts';

/** What is added to Convex's context in each kind of procedure, made anew for each call. */
export interface ContextOptions<
  DataModel extends GenericDataModel,
  Query extends object,
  Mutation extends object,
  Action extends object,
> {
  query?: (ctx: GenericQueryCtx<DataModel>) => Query | Promise<Query>;
  mutation?: (ctx: GenericMutationCtx<DataModel>) => Mutation | Promise<Mutation>;
  action?: (ctx: GenericActionCtx<DataModel>) => Action | Promise<Action>;
}

export interface CreateOptions<Meta extends object> {
  /** The same one must be given to every caller. Dates need none. */
  transformer?: TransformerOption;
  /** What every procedure's `.meta()` is merged over. */
  defaultMeta?: Partial<Meta>;
}

/** The builders of a project. */
export interface CRPC<QueryCtx, MutationCtx, ActionCtx, Meta extends object> {
  query: ProcedureBuilder<'query', 'public', QueryCtx, Meta, NoErrors>;
  mutation: ProcedureBuilder<'mutation', 'public', MutationCtx, Meta, NoErrors>;
  action: ProcedureBuilder<'action', 'public', ActionCtx, Meta, NoErrors>;
  /** Begins an HTTP route, whose context is that of actions. */
  httpAction: HttpActionBuilder<ActionCtx, Meta>;
  /** Names routes for callers; `createHttpRouter` of `kitcn/http` serves them. */
  router<const Routes extends RouteTree>(routes: Routes): Router<Routes>;
  middleware: CreateMiddleware<QueryCtx, Meta>;
}

/** Makes a middleware on its own, for every builder whose context is at least `Ctx`; it carries what it adds, no more. */
export interface CreateMiddleware<QueryCtx, Meta extends object> {
  <Ctx = QueryCtx, Delta extends object = object>(
    middleware: Middleware<Ctx, Delta, unknown, Meta>,
  ): StandaloneMiddleware<Ctx, Delta, Meta>;
  /**
   * With a context named, and what it adds inferred: `c.middleware<Ctx>()(async ({ ctx, next }) => …)`. One that throws
   * declared errors names them too, `c.middleware<Ctx, typeof declarations>()`; builders must have declared them.
   */
  <Ctx, Errors extends ErrorDeclarations = NoErrors>(): <Delta extends object>(
    middleware: Middleware<Ctx, Delta, unknown, Meta, Errors>,
  ) => StandaloneMiddleware<Ctx, Delta, Meta, Errors>;
}

/** Collects what all procedures of a project share; `create()` ends it. */
export interface InitCRPC<
  DataModel extends GenericDataModel,
  Query extends object,
  Mutation extends object,
  Action extends object,
  Meta extends object,
> {
  /** Types `ctx.db`. The generated `initCRPC` has done so. */
  dataModel<D extends GenericDataModel>(): InitCRPC<D, Query, Mutation, Action, Meta>;
  context<Q extends object = object, M extends object = object, A extends object = object>(
    options: ContextOptions<DataModel, Q, M, A>,
  ): InitCRPC<DataModel, Q, M, A, Meta>;
  /** Types `.meta()`. */
  meta<M extends object>(): InitCRPC<DataModel, Query, Mutation, Action, M>;
  create(
    options?: CreateOptions<Meta>,
  ): CRPC<
    GenericQueryCtx<DataModel> & Query,
    GenericMutationCtx<DataModel> & Mutation,
    GenericActionCtx<DataModel> & Action,
    Meta
  >;
}

type Extenders = { [Type in ProcedureType]?: (ctx: object) => object | Promise<object> };

/** `InitCRPC` at run time: what types say is all that `dataModel` and `meta` do. */
function init(extenders: Extenders): object {
  const typed = (): object => init(extenders);
  return {
    dataModel: typed,
    meta: typed,
    context: init,
    create: (options: AnyCreateOptions = {}) => createBuilders(extenders, options),
  };
}

type AnyCreateOptions = CreateOptions<Record<string, unknown>>;

/** `CRPC` at run time. */
function createBuilders(
  extenders: Extenders,
  { transformer, defaultMeta: meta = {} }: AnyCreateOptions,
): object {
  const codec = createCodec(transformer);
  const start = (type: ProcedureType): Builder =>
    new Builder({
      type,
      visibility: 'public',
      meta,
      inputs: [],
      argsValidators: [],
      errors: {},
      middlewares: [],
      extendContext: extenders[type],
      codec,
    });
  return {
    query: start('query'),
    mutation: start('mutation'),
    action: start('action'),
    httpAction: createRouteBuilder({
      method: 'GET',
      path: '/',
      meta,
      schemas: {},
      errors: {},
      middlewares: [],
      extendContext: extenders.action,
      transformer,
    }),
    router: (routes: RouteTree) => ({ '~routes': routes }),
    middleware: createMiddleware,
  };
}

/** Where a project's procedures begin: `initCRPC.create()` gives their builders. */
export const initCRPC: InitCRPC<GenericDataModel, object, object, object, Record<string, unknown>> =
  // It does at run time what the interface says in types.
  init({}) as unknown as InitCRPC<
    GenericDataModel,
    object,
    object,
    object,
    Record<string, unknown>
  >;
