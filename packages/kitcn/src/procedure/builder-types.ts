import type { RegisteredAction, RegisteredMutation, RegisteredQuery } from 'convex/server';
import type { GenericValidator } from 'convex/values';
import type { EncodedArgs } from '../wire/encoded.ts';
import type { NoErrors, ProcedureType, ProcedureVisibility } from '../shared/type-procedure.ts';
import type { Paginate, ProcedureBuilderWithOutput } from './builder-output-types.ts';
import type { CheckedErrors, ErrorDeclarations, ErrorMakers } from './error-types.ts';
import type { Extended, Middleware } from './middleware.ts';
import type { NoInput, ProcedureResult } from './procedure-types.ts';
import type { ConvexSchema, OptionalSchema, StandardSchema, ZodSchema } from './schema.ts';
import type { EndWith, NotAnObject, OptionalOutput, QueriesOnly } from './type-message.ts';

/** What a handler receives. */
export interface HandlerOptions<Ctx, Input, Errors = NoErrors> {
  ctx: Ctx;
  input: Input;
  /** The declared errors: `throw errors.OUT_OF_STOCK({ left: 0 })`. */
  errors: ErrorMakers<Errors>;
}

/** The Convex validator of what a schema takes as it travels, for schemas that Convex's cannot be derived from. */
export interface ArgsOptions {
  args: GenericValidator;
}

/** The Convex validator of what a schema gives as it travels; without one the deployment accepts any result. */
export interface ReturnsOptions {
  returns: GenericValidator;
}

/**
 * An immutable description of a procedure under construction: each method returns a new builder, so a builder can be
 * exported and continued in many places. This one has no input yet.
 */
export interface ProcedureBuilder<
  Type extends ProcedureType,
  Visibility extends ProcedureVisibility,
  Ctx,
  Meta extends object,
  Errors,
> {
  /** Only other functions and holders of the admin key can call the procedure. */
  internal(): ProcedureBuilder<Type, 'internal', Ctx, Meta, Errors>;
  /** What middleware reads as `procedure.name`. Without it, Convex’s name for the function. */
  name(name: string): ProcedureBuilder<Type, Visibility, Ctx, Meta, Errors>;
  /** Merged over what earlier calls gave. What is JSON of it reaches clients with `api`. */
  meta(meta: Partial<Meta>): ProcedureBuilder<Type, Visibility, Ctx, Meta, Errors>;
  /** What it may fail with besides the codes of the table; added to what earlier calls declared. */
  errors<E extends ErrorDeclarations>(
    errors: E & CheckedErrors<E, Errors>,
  ): ProcedureBuilder<Type, Visibility, Ctx, Meta, Errors & E>;
  /** Runs after all input schemas, in the order written. */
  use<Delta extends object>(
    middleware: Middleware<Ctx, Delta, unknown, Meta, Errors>,
  ): ProcedureBuilder<Type, Visibility, Extended<Ctx, Delta>, Meta, Errors>;
  /** An object schema. Several are merged; each runs once for a call. */
  input<S extends ZodSchema<object, object>>(
    schema: S,
  ): ProcedureBuilderWithInput<
    Type,
    Visibility,
    Ctx,
    Meta,
    Errors,
    S['_zod']['input'],
    S['_zod']['output']
  >;
  input<Value extends object>(
    schema: ConvexSchema<Value>,
  ): ProcedureBuilderWithInput<Type, Visibility, Ctx, Meta, Errors, Value, Value>;
  input<SchemaInput extends object, SchemaOutput extends object>(
    schema: StandardSchema<SchemaInput, SchemaOutput>,
    options: ArgsOptions,
  ): ProcedureBuilderWithInput<Type, Visibility, Ctx, Meta, Errors, SchemaInput, SchemaOutput>;
  input(schema: object): NotAnObject;
  /** What the handler's result is checked with and turned into before it is sent. */
  output(schema: OptionalSchema): OptionalOutput;
  output<S extends ZodSchema>(
    schema: S,
  ): ProcedureBuilderWithOutput<
    Type,
    Visibility,
    Ctx,
    Meta,
    Errors,
    NoInput,
    NoInput,
    S['_zod']['input'],
    S['_zod']['output']
  >;
  output<Value>(
    schema: ConvexSchema<Value>,
  ): ProcedureBuilderWithOutput<
    Type,
    Visibility,
    Ctx,
    Meta,
    Errors,
    NoInput,
    NoInput,
    Value,
    Value
  >;
  output<SchemaInput, SchemaOutput>(
    schema: StandardSchema<SchemaInput, SchemaOutput>,
    options?: ReturnsOptions,
  ): ProcedureBuilderWithOutput<
    Type,
    Visibility,
    Ctx,
    Meta,
    Errors,
    NoInput,
    NoInput,
    SchemaInput,
    SchemaOutput
  >;
  /** Input and output of a query in pages: `limit` is a page's size by default and at most, `item` one item's schema. */
  paginated: Type extends 'query'
    ? Paginate<Visibility, Ctx, Meta, Errors, NoInput, NoInput>
    : QueriesOnly;
  query: Type extends 'query'
    ? <Result>(
        handler: (options: HandlerOptions<Ctx, NoInput, Errors>) => Promise<Result> | Result,
      ) => RegisteredQuery<
        Visibility,
        EncodedArgs<NoInput>,
        ProcedureResult<NoInput, NoInput, Result, Result, Ctx, Errors>
      >
    : EndWith<Type>;
  mutation: Type extends 'mutation'
    ? <Result>(
        handler: (options: HandlerOptions<Ctx, NoInput, Errors>) => Promise<Result> | Result,
      ) => RegisteredMutation<
        Visibility,
        EncodedArgs<NoInput>,
        ProcedureResult<NoInput, NoInput, Result, Result, Ctx, Errors>
      >
    : EndWith<Type>;
  action: Type extends 'action'
    ? <Result>(
        handler: (options: HandlerOptions<Ctx, NoInput, Errors>) => Promise<Result> | Result,
      ) => RegisteredAction<
        Visibility,
        EncodedArgs<NoInput>,
        ProcedureResult<NoInput, NoInput, Result, Result, Ctx, Errors>
      >
    : EndWith<Type>;
}

/**
 * A builder whose input is declared: `Input` is what callers pass, `Parsed` what the handler gets. What ends it is written
 * out, here and in the other builders: an alias in between would be worked out again for every procedure, and Convex
 * reads arguments and results from its own alias only.
 */
export interface ProcedureBuilderWithInput<
  Type extends ProcedureType,
  Visibility extends ProcedureVisibility,
  Ctx,
  Meta extends object,
  Errors,
  Input,
  Parsed,
> {
  internal(): ProcedureBuilderWithInput<Type, 'internal', Ctx, Meta, Errors, Input, Parsed>;
  name(name: string): ProcedureBuilderWithInput<Type, Visibility, Ctx, Meta, Errors, Input, Parsed>;
  meta(
    meta: Partial<Meta>,
  ): ProcedureBuilderWithInput<Type, Visibility, Ctx, Meta, Errors, Input, Parsed>;
  errors<E extends ErrorDeclarations>(
    errors: E & CheckedErrors<E, Errors>,
  ): ProcedureBuilderWithInput<Type, Visibility, Ctx, Meta, Errors & E, Input, Parsed>;
  use<Delta extends object>(
    middleware: Middleware<Ctx, Delta, Parsed, Meta, Errors>,
  ): ProcedureBuilderWithInput<Type, Visibility, Extended<Ctx, Delta>, Meta, Errors, Input, Parsed>;
  input<S extends ZodSchema<object, object>>(
    schema: S,
  ): ProcedureBuilderWithInput<
    Type,
    Visibility,
    Ctx,
    Meta,
    Errors,
    Input & S['_zod']['input'],
    Parsed & S['_zod']['output']
  >;
  input<Value extends object>(
    schema: ConvexSchema<Value>,
  ): ProcedureBuilderWithInput<Type, Visibility, Ctx, Meta, Errors, Input & Value, Parsed & Value>;
  input<SchemaInput extends object, SchemaOutput extends object>(
    schema: StandardSchema<SchemaInput, SchemaOutput>,
    options: ArgsOptions,
  ): ProcedureBuilderWithInput<
    Type,
    Visibility,
    Ctx,
    Meta,
    Errors,
    Input & SchemaInput,
    Parsed & SchemaOutput
  >;
  input(schema: object): NotAnObject;
  output(schema: OptionalSchema): OptionalOutput;
  output<S extends ZodSchema>(
    schema: S,
  ): ProcedureBuilderWithOutput<
    Type,
    Visibility,
    Ctx,
    Meta,
    Errors,
    Input,
    Parsed,
    S['_zod']['input'],
    S['_zod']['output']
  >;
  output<Value>(
    schema: ConvexSchema<Value>,
  ): ProcedureBuilderWithOutput<Type, Visibility, Ctx, Meta, Errors, Input, Parsed, Value, Value>;
  output<SchemaInput, SchemaOutput>(
    schema: StandardSchema<SchemaInput, SchemaOutput>,
    options?: ReturnsOptions,
  ): ProcedureBuilderWithOutput<
    Type,
    Visibility,
    Ctx,
    Meta,
    Errors,
    Input,
    Parsed,
    SchemaInput,
    SchemaOutput
  >;
  paginated: Type extends 'query'
    ? Paginate<Visibility, Ctx, Meta, Errors, Input, Parsed>
    : QueriesOnly;
  query: Type extends 'query'
    ? <Result>(
        handler: (options: HandlerOptions<Ctx, Parsed, Errors>) => Promise<Result> | Result,
      ) => RegisteredQuery<
        Visibility,
        EncodedArgs<Input>,
        ProcedureResult<Input, Parsed, Result, Result, Ctx, Errors>
      >
    : EndWith<Type>;
  mutation: Type extends 'mutation'
    ? <Result>(
        handler: (options: HandlerOptions<Ctx, Parsed, Errors>) => Promise<Result> | Result,
      ) => RegisteredMutation<
        Visibility,
        EncodedArgs<Input>,
        ProcedureResult<Input, Parsed, Result, Result, Ctx, Errors>
      >
    : EndWith<Type>;
  action: Type extends 'action'
    ? <Result>(
        handler: (options: HandlerOptions<Ctx, Parsed, Errors>) => Promise<Result> | Result,
      ) => RegisteredAction<
        Visibility,
        EncodedArgs<Input>,
        ProcedureResult<Input, Parsed, Result, Result, Ctx, Errors>
      >
    : EndWith<Type>;
}
