import type { ProcedureType } from '../shared/type-procedure.ts';

/** What `next()` gives back; a middleware must return it. `Delta` is what it added to the context. */
export interface MiddlewareResult<Delta> {
  readonly value: unknown;
  /** Exists in types only. */
  readonly '~delta'?: Delta;
}

/** Runs the rest of the procedure. Rejects with whatever the rest threw. */
export interface MiddlewareNext {
  (): Promise<MiddlewareResult<object>>;
  <Delta extends object>(options: { ctx: Delta }): Promise<MiddlewareResult<Delta>>;
}

export interface MiddlewareOptions<Ctx, Input, Meta> {
  ctx: Ctx;
  /** Parsed by the schemas that stand above the middleware; `unknown` without any. */
  input: Input;
  meta: Readonly<Partial<Meta>>;
  procedure: { readonly type: ProcedureType };
  /** The arguments as the caller passed them, before any schema. */
  getRawInput: () => unknown;
  next: MiddlewareNext;
}

export type Middleware<Ctx, Delta extends object, Input = unknown, Meta = object> = (
  options: MiddlewareOptions<Ctx, Input, Meta>,
) => Promise<MiddlewareResult<Delta>>;

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
