import type { GenericValidator } from 'convex/values';
import type { NullForVoid, ProcedureType, ProcedureVisibility } from '../shared/type-procedure.ts';
import type { Paginate, ProcedureBuilderWithOutput } from './builder-output-types.ts';
import type { Extended, Middleware } from './middleware.ts';
import type { NoInput, Procedure } from './procedure-types.ts';
import type { ConvexSchema, OptionalSchema, StandardSchema, ZodSchema } from './schema.ts';
import type { EndWith, NotAnObject, OptionalOutput, QueriesOnly } from './type-message.ts';

/** What a handler receives. */
export interface HandlerOptions<Ctx, Input> {
  ctx: Ctx;
  input: Input;
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
> {
  /** Only other functions and holders of the admin key can call the procedure. */
  internal(): ProcedureBuilder<Type, 'internal', Ctx, Meta>;
  /** What middleware reads as `procedure.name`. Without it, Convex’s name for the function. */
  name(name: string): ProcedureBuilder<Type, Visibility, Ctx, Meta>;
  /** Merged over what earlier calls gave. What is JSON of it reaches clients with `api`. */
  meta(meta: Partial<Meta>): ProcedureBuilder<Type, Visibility, Ctx, Meta>;
  /** Runs after all input schemas, in the order written. */
  use<Delta extends object>(
    middleware: Middleware<Ctx, Delta, unknown, Meta>,
  ): ProcedureBuilder<Type, Visibility, Extended<Ctx, Delta>, Meta>;
  /** An object schema. Several are merged; each runs once for a call. */
  input<S extends ZodSchema<object, object>>(
    schema: S,
  ): ProcedureBuilderWithInput<
    Type,
    Visibility,
    Ctx,
    Meta,
    S['_zod']['input'],
    S['_zod']['output']
  >;
  input<Value extends object>(
    schema: ConvexSchema<Value>,
  ): ProcedureBuilderWithInput<Type, Visibility, Ctx, Meta, Value, Value>;
  input<SchemaInput extends object, SchemaOutput extends object>(
    schema: StandardSchema<SchemaInput, SchemaOutput>,
    options: ArgsOptions,
  ): ProcedureBuilderWithInput<Type, Visibility, Ctx, Meta, SchemaInput, SchemaOutput>;
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
    NoInput,
    NoInput,
    S['_zod']['input'],
    S['_zod']['output']
  >;
  output<Value>(
    schema: ConvexSchema<Value>,
  ): ProcedureBuilderWithOutput<Type, Visibility, Ctx, Meta, NoInput, NoInput, Value, Value>;
  output<SchemaInput, SchemaOutput>(
    schema: StandardSchema<SchemaInput, SchemaOutput>,
    options?: ReturnsOptions,
  ): ProcedureBuilderWithOutput<
    Type,
    Visibility,
    Ctx,
    Meta,
    NoInput,
    NoInput,
    SchemaInput,
    SchemaOutput
  >;
  /** Input and output of a query in pages: `limit` is a page's size by default and at most, `item` one item's schema. */
  paginated: Type extends 'query' ? Paginate<Visibility, Ctx, Meta, NoInput, NoInput> : QueriesOnly;
  query: Finisher<Type, 'query', Visibility, Ctx, NoInput, NoInput>;
  mutation: Finisher<Type, 'mutation', Visibility, Ctx, NoInput, NoInput>;
  action: Finisher<Type, 'action', Visibility, Ctx, NoInput, NoInput>;
}

/** A builder whose input is declared: `Input` is what callers pass, `Parsed` what the handler gets. */
export interface ProcedureBuilderWithInput<
  Type extends ProcedureType,
  Visibility extends ProcedureVisibility,
  Ctx,
  Meta extends object,
  Input,
  Parsed,
> {
  internal(): ProcedureBuilderWithInput<Type, 'internal', Ctx, Meta, Input, Parsed>;
  name(name: string): ProcedureBuilderWithInput<Type, Visibility, Ctx, Meta, Input, Parsed>;
  meta(meta: Partial<Meta>): ProcedureBuilderWithInput<Type, Visibility, Ctx, Meta, Input, Parsed>;
  use<Delta extends object>(
    middleware: Middleware<Ctx, Delta, Parsed, Meta>,
  ): ProcedureBuilderWithInput<Type, Visibility, Extended<Ctx, Delta>, Meta, Input, Parsed>;
  input<S extends ZodSchema<object, object>>(
    schema: S,
  ): ProcedureBuilderWithInput<
    Type,
    Visibility,
    Ctx,
    Meta,
    Input & S['_zod']['input'],
    Parsed & S['_zod']['output']
  >;
  input<Value extends object>(
    schema: ConvexSchema<Value>,
  ): ProcedureBuilderWithInput<Type, Visibility, Ctx, Meta, Input & Value, Parsed & Value>;
  input<SchemaInput extends object, SchemaOutput extends object>(
    schema: StandardSchema<SchemaInput, SchemaOutput>,
    options: ArgsOptions,
  ): ProcedureBuilderWithInput<
    Type,
    Visibility,
    Ctx,
    Meta,
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
    Input,
    Parsed,
    S['_zod']['input'],
    S['_zod']['output']
  >;
  output<Value>(
    schema: ConvexSchema<Value>,
  ): ProcedureBuilderWithOutput<Type, Visibility, Ctx, Meta, Input, Parsed, Value, Value>;
  output<SchemaInput, SchemaOutput>(
    schema: StandardSchema<SchemaInput, SchemaOutput>,
    options?: ReturnsOptions,
  ): ProcedureBuilderWithOutput<
    Type,
    Visibility,
    Ctx,
    Meta,
    Input,
    Parsed,
    SchemaInput,
    SchemaOutput
  >;
  paginated: Type extends 'query' ? Paginate<Visibility, Ctx, Meta, Input, Parsed> : QueriesOnly;
  query: Finisher<Type, 'query', Visibility, Ctx, Input, Parsed>;
  mutation: Finisher<Type, 'mutation', Visibility, Ctx, Input, Parsed>;
  action: Finisher<Type, 'action', Visibility, Ctx, Input, Parsed>;
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
      handler: (options: HandlerOptions<Ctx, Parsed>) => Promise<Result> | Result,
    ) => Procedure<Type, Visibility, Input, Parsed, NullForVoid<Result>, Result, Ctx>
  : EndWith<Type>;
