/** The kinds of Convex function that a procedure can be. */
export type ProcedureType = 'query' | 'mutation' | 'action';

export type ProcedureVisibility = 'public' | 'internal';

/** What a procedure takes and gives, at each stage of a call. */
export interface ProcedureTypes<Input, ParsedInput, Output, HandlerOutput, Ctx, Errors = NoErrors> {
  /** What a caller passes. */
  readonly input: Input;
  /** What the handler receives: the input schemas' results. */
  readonly parsedInput: ParsedInput;
  /** What a caller receives: the output schema's result. */
  readonly output: Output;
  /** What the handler returns. */
  readonly handlerOutput: HandlerOutput;
  /** What the handler needs: Convex's context with all that middleware added. */
  readonly ctx: Ctx;
  /** By code, the data of the errors that it declares. */
  readonly errors: Errors;
}

/** The declared errors of a procedure without `.errors()`. */
export type NoErrors = Record<never, never>;

/** What a call returns if its procedure declares errors: a promise that knows of them, in types only. */
export interface CallPromise<Output, Errors> extends Promise<Output> {
  readonly '~errors'?: Errors;
}

/**
 * The `Returns` of a procedure's `RegisteredQuery`, `RegisteredMutation` or `RegisteredAction`. Convex's published
 * types carry arguments and results in alias parameters only and read results through `Awaited`, so a promise is the
 * one place where a type of ours survives on a genuine Convex function without showing anywhere else.
 */
export interface ProcedureResult<Sent, Types> extends Promise<Sent> {
  /** Exists in types only. */
  readonly '~types'?: Types;
}

/**
 * The `Types` of a `ProcedureResult`; `undefined` for any other result. Asked by key, since every promise would match an
 * interface whose one own member is optional.
 */
export type TypesOfResult<Returns> = '~types' extends keyof Returns
  ? NonNullable<Returns['~types']>
  : undefined;

/** What a caller receives for a function that returns nothing: Convex sends `null`. */
export type NullForVoid<T> = T extends void ? null : T;
