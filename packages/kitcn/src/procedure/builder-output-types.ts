import type {
  PaginationOptions,
  RegisteredAction,
  RegisteredMutation,
  RegisteredQuery,
} from 'convex/server';
import type { NoErrors, ProcedureType, ProcedureVisibility } from '../shared/type-procedure.ts';
import type { EncodedArgs } from '../wire/encoded.ts';
import type { ArgsOptions, HandlerOptions } from './builder-types.ts';
import type { CheckedErrors, ErrorDeclarations } from './error-types.ts';
import type { Extended, Middleware } from './middleware.ts';
import type {
  Page,
  PageInput,
  PaginatedArgs,
  ParsedPageInput,
  ProcedureResult,
} from './procedure-types.ts';
import type { ConvexSchema, StandardSchema, ZodSchema } from './schema.ts';
import type { EndWith, NotAnObject, OutputDeclared } from './type-message.ts';

/** A builder whose result is declared, so that the handler's own type need not be inferred. */
export interface ProcedureBuilderWithOutput<
  Type extends ProcedureType,
  Visibility extends ProcedureVisibility,
  Ctx,
  Meta extends object,
  Errors,
  Input,
  Parsed,
  HandlerOutput,
  Output,
> {
  internal(): ProcedureBuilderWithOutput<
    Type,
    'internal',
    Ctx,
    Meta,
    Errors,
    Input,
    Parsed,
    HandlerOutput,
    Output
  >;
  name(
    name: string,
  ): ProcedureBuilderWithOutput<
    Type,
    Visibility,
    Ctx,
    Meta,
    Errors,
    Input,
    Parsed,
    HandlerOutput,
    Output
  >;
  meta(
    meta: Partial<Meta>,
  ): ProcedureBuilderWithOutput<
    Type,
    Visibility,
    Ctx,
    Meta,
    Errors,
    Input,
    Parsed,
    HandlerOutput,
    Output
  >;
  errors<E extends ErrorDeclarations>(
    errors: E & CheckedErrors<E, Errors>,
  ): ProcedureBuilderWithOutput<
    Type,
    Visibility,
    Ctx,
    Meta,
    Errors & E,
    Input,
    Parsed,
    HandlerOutput,
    Output
  >;
  use<Delta extends object>(
    middleware: Middleware<Ctx, Delta, Parsed, Meta, Errors>,
  ): ProcedureBuilderWithOutput<
    Type,
    Visibility,
    Extended<Ctx, Delta>,
    Meta,
    Errors,
    Input,
    Parsed,
    HandlerOutput,
    Output
  >;
  input<S extends ZodSchema<object, object>>(
    schema: S,
  ): ProcedureBuilderWithOutput<
    Type,
    Visibility,
    Ctx,
    Meta,
    Errors,
    Input & S['_zod']['input'],
    Parsed & S['_zod']['output'],
    HandlerOutput,
    Output
  >;
  input<Value extends object>(
    schema: ConvexSchema<Value>,
  ): ProcedureBuilderWithOutput<
    Type,
    Visibility,
    Ctx,
    Meta,
    Errors,
    Input & Value,
    Parsed & Value,
    HandlerOutput,
    Output
  >;
  input<SchemaInput extends object, SchemaOutput extends object>(
    schema: StandardSchema<SchemaInput, SchemaOutput>,
    options: ArgsOptions,
  ): ProcedureBuilderWithOutput<
    Type,
    Visibility,
    Ctx,
    Meta,
    Errors,
    Input & SchemaInput,
    Parsed & SchemaOutput,
    HandlerOutput,
    Output
  >;
  input(schema: object): NotAnObject;
  output: OutputDeclared;
  paginated: OutputDeclared;
  query: Type extends 'query'
    ? (
        handler: (
          options: HandlerOptions<Ctx, Parsed, Errors>,
        ) => Promise<HandlerOutput> | HandlerOutput,
      ) => RegisteredQuery<
        Visibility,
        EncodedArgs<Input>,
        ProcedureResult<Input, Parsed, Output, HandlerOutput, Ctx, Errors>
      >
    : EndWith<Type>;
  mutation: Type extends 'mutation'
    ? (
        handler: (
          options: HandlerOptions<Ctx, Parsed, Errors>,
        ) => Promise<HandlerOutput> | HandlerOutput,
      ) => RegisteredMutation<
        Visibility,
        EncodedArgs<Input>,
        ProcedureResult<Input, Parsed, Output, HandlerOutput, Ctx, Errors>
      >
    : EndWith<Type>;
  action: Type extends 'action'
    ? (
        handler: (
          options: HandlerOptions<Ctx, Parsed, Errors>,
        ) => Promise<HandlerOutput> | HandlerOutput,
      ) => RegisteredAction<
        Visibility,
        EncodedArgs<Input>,
        ProcedureResult<Input, Parsed, Output, HandlerOutput, Ctx, Errors>
      >
    : EndWith<Type>;
}

/** What `.paginated()` takes beside the schema of an item. */
export interface PaginatedOptions<Item> {
  /** The size of a page: what callers get by default, and the most they get. */
  limit: number;
  item: Item;
}

export interface Paginate<
  Visibility extends ProcedureVisibility,
  Ctx,
  Meta extends object,
  Errors,
  Input,
  Parsed,
> {
  <S extends ZodSchema>(
    options: PaginatedOptions<S>,
  ): PaginatedQueryBuilder<
    Visibility,
    Ctx,
    Meta,
    Errors,
    Input & PageInput,
    Parsed & ParsedPageInput,
    S['_zod']['input'],
    S['_zod']['output']
  >;
  <Value>(
    options: PaginatedOptions<ConvexSchema<Value>>,
  ): PaginatedQueryBuilder<
    Visibility,
    Ctx,
    Meta,
    Errors,
    Input & PageInput,
    Parsed & ParsedPageInput,
    Value,
    Value
  >;
}

/** What the handler of a paginated query is called with. */
export interface PageHandlerOptions<Ctx, Input, Errors = NoErrors> extends HandlerOptions<
  Ctx,
  Input,
  Errors
> {
  /** What the caller has asked for, as `paginate(paginationOpts)` takes it. Pages made without it are never split. */
  paginationOpts: PaginationOptions;
}

/** A builder of a query in pages of `Item`. */
export interface PaginatedQueryBuilder<
  Visibility extends ProcedureVisibility,
  Ctx,
  Meta extends object,
  Errors,
  Input,
  Parsed,
  HandlerItem,
  Item,
> {
  internal(): PaginatedQueryBuilder<
    'internal',
    Ctx,
    Meta,
    Errors,
    Input,
    Parsed,
    HandlerItem,
    Item
  >;
  name(
    name: string,
  ): PaginatedQueryBuilder<Visibility, Ctx, Meta, Errors, Input, Parsed, HandlerItem, Item>;
  meta(
    meta: Partial<Meta>,
  ): PaginatedQueryBuilder<Visibility, Ctx, Meta, Errors, Input, Parsed, HandlerItem, Item>;
  errors<E extends ErrorDeclarations>(
    errors: E & CheckedErrors<E, Errors>,
  ): PaginatedQueryBuilder<Visibility, Ctx, Meta, Errors & E, Input, Parsed, HandlerItem, Item>;
  use<Delta extends object>(
    middleware: Middleware<Ctx, Delta, Parsed, Meta, Errors>,
  ): PaginatedQueryBuilder<
    Visibility,
    Extended<Ctx, Delta>,
    Meta,
    Errors,
    Input,
    Parsed,
    HandlerItem,
    Item
  >;
  input<S extends ZodSchema<object, object>>(
    schema: S,
  ): PaginatedQueryBuilder<
    Visibility,
    Ctx,
    Meta,
    Errors,
    Input & S['_zod']['input'],
    Parsed & S['_zod']['output'],
    HandlerItem,
    Item
  >;
  input<Value extends object>(
    schema: ConvexSchema<Value>,
  ): PaginatedQueryBuilder<
    Visibility,
    Ctx,
    Meta,
    Errors,
    Input & Value,
    Parsed & Value,
    HandlerItem,
    Item
  >;
  input<SchemaInput extends object, SchemaOutput extends object>(
    schema: StandardSchema<SchemaInput, SchemaOutput>,
    options: ArgsOptions,
  ): PaginatedQueryBuilder<
    Visibility,
    Ctx,
    Meta,
    Errors,
    Input & SchemaInput,
    Parsed & SchemaOutput,
    HandlerItem,
    Item
  >;
  input(schema: object): NotAnObject;
  output: OutputDeclared;
  paginated: OutputDeclared;
  query(
    handler: (
      options: PageHandlerOptions<Ctx, Parsed, Errors>,
    ) => Promise<Page<HandlerItem>> | Page<HandlerItem>,
  ): RegisteredQuery<
    Visibility,
    PaginatedArgs<Input>,
    ProcedureResult<Input, Parsed, Page<Item>, Page<HandlerItem>, Ctx, Errors>
  >;
  mutation: EndWith<'query'>;
  action: EndWith<'query'>;
}
