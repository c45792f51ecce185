import type { NoErrors, ProcedureType } from '../shared/type-procedure.ts';
import type { ErrorMakers } from './error-types.ts';

/** What `next()` gives back; a middleware must return it. `Delta` is what it added to the context. */
export interface MiddlewareResult<Delta> {
  readonly value: unknown;
  /** Exists in types only. */
  readonly '~delta'?: Delta;
}

/** Runs the rest of the procedure. Rejects with whatever the rest threw. */
export interface MiddlewareNext<Input = unknown> {
  (): Promise<MiddlewareResult<object>>;
  /** `ctx` is added to the context, `input` is laid over the input, for what follows. */
  <Delta extends object>(options: {
    ctx: Delta;
    input?: InputPatch<Input>;
  }): Promise<MiddlewareResult<Delta>>;
  (options: { input: InputPatch<Input> }): Promise<MiddlewareResult<object>>;
}

/** A middleware that does not know the input's type cannot change it. */
export type InputPatch<Input> = unknown extends Input ? never : Partial<Input>;

/** What a middleware is told of the procedure that it runs in. */
export interface ProcedureFacts {
  /**
   * What `.name()` was given, or else Convex's name for the function: `teams:getTeam`. `unknown` where neither the
   * generated code nor the host has told it, as in unit tests without a backend.
   */
  readonly name: string;
  readonly type: ProcedureType;
}

export interface MiddlewareOptions<Ctx, Input, Meta, Errors = NoErrors> {
  ctx: Ctx;
  /** Parsed by the schemas that stand above the middleware; `unknown` without any. */
  input: Input;
  meta: Readonly<Partial<Meta>>;
  procedure: ProcedureFacts;
  /** What is declared above the middleware. */
  errors: ErrorMakers<Errors>;
  /** The arguments as the caller passed them, before any schema. */
  getRawInput: () => unknown;
  next: MiddlewareNext<Input>;
}

export type Middleware<
  Ctx,
  Delta extends object,
  Input = unknown,
  Meta = object,
  Errors = NoErrors,
> = (options: MiddlewareOptions<Ctx, Input, Meta, Errors>) => Promise<MiddlewareResult<Delta>>;

/** A middleware on its own, as `c.middleware` makes it. */
export interface StandaloneMiddleware<Ctx, Delta extends object, Meta, Errors = NoErrors> {
  (options: MiddlewareOptions<Ctx, unknown, Meta, Errors>): Promise<MiddlewareResult<Delta>>;
  /** Both as one middleware: this one first, then `next` with what this one added to the context. */
  pipe<NextDelta extends object>(
    next: Middleware<Extended<Ctx, Delta>, NextDelta, unknown, Meta, Errors>,
  ): StandaloneMiddleware<Ctx, Extended<Delta, NextDelta>, Meta, Errors>;
}

/**
 * `Ctx` with what a middleware added. A field that the middleware passed on with a wider type than it had keeps its
 * own: middleware written for a query context does not take `db.insert` away from a mutation.
 */
export type Extended<Ctx, Delta> = keyof Delta & keyof Ctx extends never
  ? Ctx & Delta
  : Omit<Ctx, keyof Delta> & {
      [K in keyof Delta]: K extends keyof Ctx ? Narrower<Ctx[K], Delta[K]> : Delta[K];
    };

type Narrower<Own, Passed> = Own extends Passed ? Own : Passed;
