import type {
  DefaultFunctionArgs,
  RegisteredAction,
  RegisteredMutation,
  RegisteredQuery,
} from 'convex/server';
import type {
  NullForVoid,
  ProcedureResult,
  ProcedureType,
  ProcedureTypes,
  ProcedureVisibility,
} from '../shared/type-procedure.ts';
import type { Encoded } from '../wire/encoded.ts';
import type { Extended, Middleware } from './middleware.ts';
import type { InputOf, OutputOf, Schema } from './schema.ts';

/** A compile error that says what to do; nothing can be called or assigned to it. */
export interface TypeMessage<Message extends string> {
  readonly '~message': Message;
}

/** What a handler receives. */
export interface HandlerOptions<Ctx, Input> {
  ctx: Ctx;
  input: Input;
}

/** Without `.input()` there is nothing in it. */
export type Given<Input> = unknown extends Input ? object : Input;

/**
 * An immutable description of a procedure under construction: each method returns a new builder, so a builder can be
 * exported and continued in many places. `Input` and `Parsed` are `unknown` until `.input()`.
 */
export interface ProcedureBuilder<
  Type extends ProcedureType,
  Visibility extends ProcedureVisibility,
  Ctx,
  Input,
  Parsed,
  Meta extends object,
> {
  /** Only other functions and holders of the admin key can call the procedure. */
  internal(): ProcedureBuilder<Type, 'internal', Ctx, Input, Parsed, Meta>;
  /** Merged over what earlier calls gave. What is JSON of it reaches clients with `api`. */
  meta(meta: Partial<Meta>): ProcedureBuilder<Type, Visibility, Ctx, Input, Parsed, Meta>;
  /** Runs after all input schemas, in the order written. */
  use<Delta extends object>(
    middleware: Middleware<Ctx, Delta, Parsed, Meta>,
  ): ProcedureBuilder<Type, Visibility, Extended<Ctx, Delta>, Input, Parsed, Meta>;
  /** An object schema. Several are merged; each runs once for a call. */
  input<S extends Schema>(
    schema: S,
  ): ProcedureBuilder<Type, Visibility, Ctx, Input & InputOf<S>, Parsed & OutputOf<S>, Meta>;
  /** What the handler's result is checked with and turned into before it is sent. */
  output<S extends Schema>(
    schema: S,
  ): ProcedureBuilderWithOutput<Type, Visibility, Ctx, Input, Parsed, Meta, S>;
  query: Finisher<Type, 'query', Visibility, Ctx, Input, Parsed>;
  mutation: Finisher<Type, 'mutation', Visibility, Ctx, Input, Parsed>;
  action: Finisher<Type, 'action', Visibility, Ctx, Input, Parsed>;
}

/** A builder whose result is declared, so that the handler's own type need not be inferred. */
export interface ProcedureBuilderWithOutput<
  Type extends ProcedureType,
  Visibility extends ProcedureVisibility,
  Ctx,
  Input,
  Parsed,
  Meta extends object,
  S extends Schema,
> {
  internal(): ProcedureBuilderWithOutput<Type, 'internal', Ctx, Input, Parsed, Meta, S>;
  meta(
    meta: Partial<Meta>,
  ): ProcedureBuilderWithOutput<Type, Visibility, Ctx, Input, Parsed, Meta, S>;
  use<Delta extends object>(
    middleware: Middleware<Ctx, Delta, Parsed, Meta>,
  ): ProcedureBuilderWithOutput<Type, Visibility, Extended<Ctx, Delta>, Input, Parsed, Meta, S>;
  input<I extends Schema>(
    schema: I,
  ): ProcedureBuilderWithOutput<
    Type,
    Visibility,
    Ctx,
    Input & InputOf<I>,
    Parsed & OutputOf<I>,
    Meta,
    S
  >;
  query: DeclaredFinisher<Type, 'query', Visibility, Ctx, Input, Parsed, S>;
  mutation: DeclaredFinisher<Type, 'mutation', Visibility, Ctx, Input, Parsed, S>;
  action: DeclaredFinisher<Type, 'action', Visibility, Ctx, Input, Parsed, S>;
}

type Finisher<
  Type extends ProcedureType,
  Method extends ProcedureType,
  Visibility extends ProcedureVisibility,
  Ctx,
  Input,
  Parsed,
> = Type extends Method
  ? <Result>(
      handler: (options: HandlerOptions<Ctx, Given<Parsed>>) => Promise<Result> | Result,
    ) => Procedure<Type, Visibility, Given<Input>, Given<Parsed>, NullForVoid<Result>, Result, Ctx>
  : TypeMessage<`This builder makes a ${Type}: end it with .${Type}(handler)`>;

type DeclaredFinisher<
  Type extends ProcedureType,
  Method extends ProcedureType,
  Visibility extends ProcedureVisibility,
  Ctx,
  Input,
  Parsed,
  S extends Schema,
> = Type extends Method
  ? (
      handler: (options: HandlerOptions<Ctx, Given<Parsed>>) => Promise<InputOf<S>> | InputOf<S>,
    ) => Procedure<
      Type,
      Visibility,
      Given<Input>,
      Given<Parsed>,
      NullForVoid<OutputOf<S>>,
      InputOf<S>,
      Ctx
    >
  : TypeMessage<`This builder makes a ${Type}: end it with .${Type}(handler)`>;

/** A genuine Convex registered function; plain Convex clients see its arguments and results as they travel. */
export type Procedure<
  Type extends ProcedureType,
  Visibility extends ProcedureVisibility,
  Input,
  Parsed,
  Output,
  HandlerOutput,
  Ctx,
> = Registered<
  Type,
  Visibility,
  EncodedArgs<Input>,
  ProcedureResult<Encoded<Output>, ProcedureTypes<Input, Parsed, Output, HandlerOutput, Ctx>>
>;

type Registered<
  Type extends ProcedureType,
  Visibility extends ProcedureVisibility,
  Args extends DefaultFunctionArgs,
  Returns,
> = Type extends 'query'
  ? RegisteredQuery<Visibility, Args, Returns>
  : Type extends 'mutation'
    ? RegisteredMutation<Visibility, Args, Returns>
    : RegisteredAction<Visibility, Args, Returns>;

type EncodedArgs<Input> =
  Encoded<Input> extends infer Args extends DefaultFunctionArgs ? Args : never;
