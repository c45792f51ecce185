import type { Context } from 'hono';
import type { NoErrors, NullForVoid } from '../shared/type-procedure.ts';
import type { CheckedErrors, ErrorData, ErrorDeclarations, ErrorMakers } from './error-types.ts';
import type { Extended, MiddlewareOptions, MiddlewareResult } from './middleware.ts';
import type { NoInput } from './procedure-types.ts';
import type { RouteType } from './route-definition.ts';
import type {
  ConvexSchema,
  OptionalSchema,
  Schema,
  SchemaInput,
  SchemaOutput,
  StandardSchema,
  ZodSchema,
} from './schema.ts';
import type { OptionalOutput, OutputDeclared, TypeMessage } from './type-message.ts';

/** A finished route, to be put into a router. */
export interface Route<Type extends RouteType, Input, Output, Errors = NoErrors> {
  readonly '~crpc': {
    readonly type: Type;
    readonly meta: Readonly<Record<string, unknown>>;
    /** Exists in types only: what callers pass, what they receive, and by code the data of declared errors. */
    readonly types?: { readonly input: Input; readonly output: Output; readonly errors: Errors };
  };
}

/** Routes by name, in as many levels as they need: a name is how callers find a route, not a part of its path. */
export interface RouteTree {
  readonly [name: string]: AnyRoute | Router<RouteTree> | RouteTree;
}

/** What `c.router({ … })` makes. */
export interface Router<Routes> {
  readonly '~routes': Routes;
}

interface AnyRoute {
  readonly '~crpc': { readonly type: RouteType };
}

/** What a route's handler receives, beside the parts of the request that were declared. */
export interface RouteOptions<Ctx, Meta, Errors = NoErrors> {
  /** The context of an action. */
  ctx: Ctx;
  /** Hono’s context: headers of the request (`c.req.header('…')`), status and headers of the response. */
  c: Context;
  meta: Readonly<Partial<Meta>>;
  /** The declared errors: `throw errors.OUT_OF_STOCK({ left: 0 })`. */
  errors: ErrorMakers<Errors>;
}

/** As a procedure’s middleware, and with the parts of the request: one that is written for actions fits a route. */
export type RouteMiddleware<Ctx, Delta extends object, Parsed, Meta, Errors = NoErrors> = (
  options: RouteMiddlewareOptions<Ctx, Parsed, Meta, Errors>,
) => Promise<MiddlewareResult<Delta>>;

export type RouteMiddlewareOptions<Ctx, Parsed, Meta, Errors = NoErrors> = MiddlewareOptions<
  Ctx,
  Parsed extends { input: infer Input } ? Input : unknown,
  Meta,
  Errors
> &
  Omit<Parsed, 'input'> & { c: Context };

/** Where HTTP routes begin: `c.httpAction.get('/users/:id')`. */
export interface HttpActionBuilder<Ctx, Meta extends object, Errors = NoErrors> {
  /** Merged over what earlier calls gave. What is JSON of it reaches clients with `api`. */
  meta(meta: Partial<Meta>): HttpActionBuilder<Ctx, Meta, Errors>;
  /** Declares what else can go wrong, by code. Each error is answered with its status, its data in the body. */
  errors<E extends ErrorDeclarations>(
    errors: E & CheckedErrors<E, Errors>,
  ): HttpActionBuilder<Ctx, Meta, Errors & E>;
  /** Runs after the schemas of a request, in the order written. */
  use<Delta extends object>(
    middleware: RouteMiddleware<Ctx, Delta, NoInput, Meta, Errors>,
  ): HttpActionBuilder<Extended<Ctx, Delta>, Meta, Errors>;
  /** `/users/:id`, or `/users/:id{[0-9]+}` to match only some; a GET has no body. */
  get<Path extends `/${string}`>(
    path: Path,
  ): RouteBuilder<Ctx, Meta, Errors, Path, NoInput, NoInput>;
  post<Path extends `/${string}`>(
    path: Path,
  ): RouteBuilder<Ctx, Meta, Errors, Path, NoInput, NoInput>;
  put<Path extends `/${string}`>(
    path: Path,
  ): RouteBuilder<Ctx, Meta, Errors, Path, NoInput, NoInput>;
  patch<Path extends `/${string}`>(
    path: Path,
  ): RouteBuilder<Ctx, Meta, Errors, Path, NoInput, NoInput>;
  delete<Path extends `/${string}`>(
    path: Path,
  ): RouteBuilder<Ctx, Meta, Errors, Path, NoInput, NoInput>;
}

/** An immutable description of a route: `Input` is what its callers pass, `Parsed` what its handler gets. */
export interface RouteBuilder<
  Ctx,
  Meta extends object,
  Errors,
  Path extends string,
  Input,
  Parsed,
> {
  meta(meta: Partial<Meta>): RouteBuilder<Ctx, Meta, Errors, Path, Input, Parsed>;
  errors<E extends ErrorDeclarations>(
    errors: E & CheckedErrors<E, Errors>,
  ): RouteBuilder<Ctx, Meta, Errors & E, Path, Input, Parsed>;
  use<Delta extends object>(
    middleware: RouteMiddleware<Ctx, Delta, Parsed, Meta, Errors>,
  ): RouteBuilder<Extended<Ctx, Delta>, Meta, Errors, Path, Input, Parsed>;
  /** An object schema with the parameters of the path, no more and no fewer. They arrive as text, as in `searchParams`. */
  params<S extends ObjectSchema>(
    schema: S & CheckedParams<Path, keyof SchemaInput<S>>,
  ): RouteBuilder<
    Ctx,
    Meta,
    Errors,
    Path,
    Input & { params: SchemaInput<S> },
    Parsed & { params: SchemaOutput<S> }
  >;
  /**
   * An object schema of the query string. Numbers, booleans, bigints and Dates (ISO 8601) are read from text where the
   * schema asks for them; a name that is given several times is an array.
   */
  searchParams<S extends ObjectSchema>(
    schema: S,
  ): RouteBuilder<
    Ctx,
    Meta,
    Errors,
    Path,
    Input & Named<'searchParams', SchemaInput<S>>,
    Parsed & { searchParams: SchemaOutput<S> }
  >;
  /** The schema of a JSON body, in which Dates and what `transformer` adds travel as in procedures. */
  input<S extends Schema>(
    schema: S,
  ): RouteBuilder<
    Ctx,
    Meta,
    Errors,
    Path,
    Input & { input: SchemaInput<S> },
    Parsed & { input: SchemaOutput<S> }
  >;
  /** An object schema of a form, urlencoded or multipart, whose texts are read as those of `searchParams`. */
  form<S extends ObjectSchema>(
    schema: S,
  ): RouteBuilder<
    Ctx,
    Meta,
    Errors,
    Path,
    Input & { form: SchemaInput<S> },
    Parsed & { form: SchemaOutput<S> }
  >;
  /** What the handler’s result is checked with and turned into before it is sent as JSON. */
  output(schema: OptionalSchema): OptionalOutput;
  output<S extends Schema>(
    schema: S,
  ): RouteBuilderWithOutput<
    Ctx,
    Meta,
    Errors,
    Path,
    Input,
    Parsed,
    SchemaInput<S>,
    NullForVoid<SchemaOutput<S>>
  >;
  /** Ends a route that may be called again without harm. A `Response` goes out as it is, all else as JSON. */
  query: Finisher<'query', Ctx, Meta, Errors, Path, Input, Parsed>;
  /** Ends a route that changes something: callers never send it twice by themselves. */
  mutation: Finisher<'mutation', Ctx, Meta, Errors, Path, Input, Parsed>;
}

/** A route whose result is declared. */
export interface RouteBuilderWithOutput<
  Ctx,
  Meta extends object,
  Errors,
  Path extends string,
  Input,
  Parsed,
  HandlerOutput,
  Output,
> {
  meta(
    meta: Partial<Meta>,
  ): RouteBuilderWithOutput<Ctx, Meta, Errors, Path, Input, Parsed, HandlerOutput, Output>;
  errors<E extends ErrorDeclarations>(
    errors: E & CheckedErrors<E, Errors>,
  ): RouteBuilderWithOutput<Ctx, Meta, Errors & E, Path, Input, Parsed, HandlerOutput, Output>;
  use<Delta extends object>(
    middleware: RouteMiddleware<Ctx, Delta, Parsed, Meta, Errors>,
  ): RouteBuilderWithOutput<
    Extended<Ctx, Delta>,
    Meta,
    Errors,
    Path,
    Input,
    Parsed,
    HandlerOutput,
    Output
  >;
  params<S extends ObjectSchema>(
    schema: S & CheckedParams<Path, keyof SchemaInput<S>>,
  ): RouteBuilderWithOutput<
    Ctx,
    Meta,
    Errors,
    Path,
    Input & { params: SchemaInput<S> },
    Parsed & { params: SchemaOutput<S> },
    HandlerOutput,
    Output
  >;
  searchParams<S extends ObjectSchema>(
    schema: S,
  ): RouteBuilderWithOutput<
    Ctx,
    Meta,
    Errors,
    Path,
    Input & Named<'searchParams', SchemaInput<S>>,
    Parsed & { searchParams: SchemaOutput<S> },
    HandlerOutput,
    Output
  >;
  input<S extends Schema>(
    schema: S,
  ): RouteBuilderWithOutput<
    Ctx,
    Meta,
    Errors,
    Path,
    Input & { input: SchemaInput<S> },
    Parsed & { input: SchemaOutput<S> },
    HandlerOutput,
    Output
  >;
  form<S extends ObjectSchema>(
    schema: S,
  ): RouteBuilderWithOutput<
    Ctx,
    Meta,
    Errors,
    Path,
    Input & { form: SchemaInput<S> },
    Parsed & { form: SchemaOutput<S> },
    HandlerOutput,
    Output
  >;
  output: OutputDeclared;
  query: DeclaredFinisher<'query', Ctx, Meta, Errors, Path, Input, Parsed, HandlerOutput, Output>;
  mutation: DeclaredFinisher<
    'mutation',
    Ctx,
    Meta,
    Errors,
    Path,
    Input,
    Parsed,
    HandlerOutput,
    Output
  >;
}

type Finisher<Type extends RouteType, Ctx, Meta, Errors, Path extends string, Input, Parsed> =
  RequiredParams<Path> extends ParamsOf<Input>
    ? <Result>(
        handler: (options: RouteOptions<Ctx, Meta, Errors> & Parsed) => Promise<Result> | Result,
      ) => Route<Type, Input, ReceivedResult<Result>, ErrorData<Errors>>
    : ParamsMissing;

type DeclaredFinisher<
  Type extends RouteType,
  Ctx,
  Meta,
  Errors,
  Path extends string,
  Input,
  Parsed,
  HandlerOutput,
  Output,
> =
  RequiredParams<Path> extends ParamsOf<Input>
    ? (
        handler: (
          options: RouteOptions<Ctx, Meta, Errors> & Parsed,
        ) => Promise<HandlerOutput> | HandlerOutput,
      ) => Route<Type, Input, Output, ErrorData<Errors>>
    : ParamsMissing;

/** The web’s `Response`, by way of Hono, since this room knows no web. */
type WebResponse = Context['res'];

/** Callers get a handler’s own `Response` as it is. */
type ReceivedResult<Result> = Result extends WebResponse ? WebResponse : NullForVoid<Result>;

/** `params` and the like are objects: their members have names. */
type ObjectSchema =
  ZodSchema<object, object> | ConvexSchema<object> | StandardSchema<object, object>;

/** A part that may be left out where `{}` is valid for it. */
type Named<Name extends string, Value> = {} extends Value
  ? { [Key in Name]?: Value }
  : { [Key in Name]: Value };

type ParamsOf<Input> = Input extends { params: infer Params } ? keyof Params : never;

/** The names of the parameters in `/teams/:teamId/users/:id{[0-9]+}`; `string` if the path is not known. */
type PathParams<Path extends string> = string extends Path
  ? string
  : Path extends `${infer Segment}/${infer Rest}`
    ? ParamOf<Segment> | PathParams<Rest>
    : ParamOf<Path>;

type ParamOf<Segment extends string> = Segment extends `:${infer Name}{${string}`
  ? Name
  : Segment extends `:${infer Name}`
    ? Name
    : never;

type RequiredParams<Path extends string> =
  string extends PathParams<Path> ? never : PathParams<Path>;

type CheckedParams<Path extends string, Declared> =
  string extends PathParams<Path>
    ? unknown
    : [Declared, PathParams<Path>] extends [PathParams<Path>, Declared]
      ? unknown
      : TypeMessage<'The schema of .params() has other names than the path has parameters'>;

type ParamsMissing =
  TypeMessage<'The path has parameters: declare them by .params(z.object({ … })) first'>;
