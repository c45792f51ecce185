import type {
  DefaultFunctionArgs,
  RegisteredAction,
  RegisteredMutation,
  RegisteredQuery,
} from 'convex/server';

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
  readonly output: NullForVoid<Output>;
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

/** What a caller receives for a function that returns nothing: Convex sends `null`. */
export type NullForVoid<T> = T extends void ? null : T;

/**
 * One of the types of an exported function, whether a procedure or made by Convex's own builders. No other type of the
 * procedure is inferred, as TypeScript goes through all that is inferred several times.
 */
export type TypeOf<F, Stage extends PropertyKey> =
  F extends RegisteredQuery<infer _, DefaultFunctionArgs, Carrier<Stage, infer T>>
    ? unknown extends T
      ? NotInferred<F, Stage>
      : T
    : F extends RegisteredMutation<infer _, DefaultFunctionArgs, Carrier<Stage, infer T>>
      ? unknown extends T
        ? NotInferred<F, Stage>
        : T
      : F extends RegisteredAction<infer _, DefaultFunctionArgs, Carrier<Stage, infer T>>
        ? unknown extends T
          ? NotInferred<F, Stage>
          : T
        : never;

/** What is inferred from; whether it fits is never asked, as Convex's types do not contain what functions return. */
type Carrier<Stage extends PropertyKey, T> = { readonly '~types': { readonly [S in Stage]: T } };

/** For functions of Convex's own builders, and for what is `unknown` indeed. */
type NotInferred<F, Stage> = StageOf<TypesOf<ReturnsOf<F>, F>, Stage>;

type TypesOf<Returns, F> = '~types' extends keyof Returns
  ? Returns['~types']
  : PlainTypes<ArgsOf<F>, Awaited<Returns>>;

type StageOf<Types, Stage> = Stage extends keyof Types ? Types[Stage] : never;

type PlainTypes<Args, Result> = ProcedureTypes<Args, Args, Result, Result, object>;

type ReturnsOf<F> =
  F extends RegisteredQuery<infer _, DefaultFunctionArgs, infer Returns>
    ? Returns
    : F extends RegisteredMutation<infer _, DefaultFunctionArgs, infer Returns>
      ? Returns
      : F extends RegisteredAction<infer _, DefaultFunctionArgs, infer Returns>
        ? Returns
        : never;

type ArgsOf<F> =
  F extends RegisteredQuery<infer _, infer Args, infer _Returns>
    ? Args
    : F extends RegisteredMutation<infer _, infer Args, infer _Returns>
      ? Args
      : F extends RegisteredAction<infer _, infer Args, infer _Returns>
        ? Args
        : never;
