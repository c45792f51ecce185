import { CRPCError } from '../errors/crpc-error.ts';
import type { ProcedureType } from '../shared/type-procedure.ts';

/** A function of a Convex context. What it takes is settled by the function reference that it is called with. */
type RunFunction = (...args: never[]) => Promise<unknown>;

/** The least that every Convex context has: a query's. */
export interface QueryCallerCtx {
  runQuery: RunFunction;
}

/** The least that a mutation's context has, and an action's too. */
export interface MutationCallerCtx extends QueryCallerCtx {
  runMutation: RunFunction;
  scheduler: { runAfter: RunFunction; runAt: RunFunction; cancel: RunFunction };
}

/** The least that an action's context has. */
export interface ActionCallerCtx extends MutationCallerCtx {
  runAction: RunFunction;
}

/** A context of a query or mutation: it reads the database. */
export interface QueryHandlerCtx {
  db: object;
}

/** A context of a mutation: it writes the database. */
export interface MutationHandlerCtx {
  db: { insert: RunFunction };
}

/** By what the context can do, action first: an action's context to which a helper added `db` is still an action's. */
export function toContextKind(ctx: object): ProcedureType {
  if ('runAction' in ctx) return 'action';
  if ('runMutation' in ctx) return 'mutation';
  if ('runQuery' in ctx || 'db' in ctx) return 'query';
  throw new CRPCError({
    code: 'INTERNAL_SERVER_ERROR',
    message: 'This is not the ctx of a Convex query, mutation or action',
    origin: 'client',
  });
}

/** `Ctx`, or those members of the union `Ctx`, that can do what `Need` says. */
type Capable<Ctx, Need> = [Extract<Ctx, Need>] extends [never] ? Ctx & Need : Extract<Ctx, Need>;

/**
 * The same context, known to be able to schedule: for callbacks that run in mutations and in actions. Throws
 * `METHOD_NOT_SUPPORTED` in a query.
 */
export function requireSchedulerCtx<Ctx extends object>(ctx: Ctx): Capable<Ctx, MutationCallerCtx> {
  if (toContextKind(ctx) !== 'query') return ctx as Capable<Ctx, MutationCallerCtx>;
  throw new CRPCError({
    code: 'METHOD_NOT_SUPPORTED',
    message:
      'requireSchedulerCtx(ctx): a query cannot schedule. Call it from a mutation or an action.',
    origin: 'client',
  });
}

/**
 * The same context, known to be an action's, for `caller.actions.*`. Throws `METHOD_NOT_SUPPORTED` elsewhere; a flow
 * that can also run in a mutation schedules the action instead.
 */
export function requireActionCtx<Ctx extends object>(ctx: Ctx): Capable<Ctx, ActionCallerCtx> {
  const kind = toContextKind(ctx);
  if (kind === 'action') return ctx as Capable<Ctx, ActionCallerCtx>;
  const instead =
    kind === 'mutation'
      ? 'Schedule the action: create<Module>Caller(requireSchedulerCtx(ctx)).schedule.now.<name>(…)'
      : 'Call the action from an action, or schedule it from a mutation';
  throw new CRPCError({
    code: 'METHOD_NOT_SUPPORTED',
    message: `requireActionCtx(ctx): this is a ${kind}'s context. ${instead}.`,
    origin: 'client',
  });
}
