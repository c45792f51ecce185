import type {
  DefaultFunctionArgs,
  PaginationOptions,
  RegisteredAction,
  RegisteredMutation,
  RegisteredQuery,
} from 'convex/server';
import type {
  ProcedureResult,
  ProcedureType,
  ProcedureTypes,
  ProcedureVisibility,
} from '../shared/type-procedure.ts';
import type { Encoded } from '../wire/encoded.ts';
import type { ErrorData } from './error-types.ts';

/** A genuine Convex registered function; plain Convex clients see its arguments and results as they travel. */
export type Procedure<
  Type extends ProcedureType,
  Visibility extends ProcedureVisibility,
  Input,
  Parsed,
  Output,
  HandlerOutput,
  Ctx,
  Errors,
> = Registered<
  Type,
  Visibility,
  EncodedArgs<Input>,
  ProcedureResult<
    Encoded<Output>,
    ProcedureTypes<Input, Parsed, Output, HandlerOutput, Ctx, ErrorData<Errors>>
  >
>;

/** The input of a procedure without `.input()`. */
export type NoInput = Record<never, never>;

/** What plain Convex clients and their paginated hooks pass to a query in pages; our callers pass `PageInput`. */
export type PaginatedArgs<Input> = EncodedArgs<Omit<Input, keyof PageInput>> & {
  paginationOpts: PaginationOptions;
};

/** What a caller of a paginated query passes beside its own input. */
export interface PageInput {
  /** Where the page begins: the `continueCursor` of the page before it; `null` or nothing for the first page. */
  cursor?: string | null | undefined;
  /** How many items at most. Beyond the procedure's cap, the cap. */
  limit?: number | undefined;
}

/** What the handler of a paginated query gets: `paginate({ cursor: input.cursor, numItems: input.limit })`. */
export interface ParsedPageInput {
  cursor: string | null;
  limit: number;
}

/** One page of a paginated query. */
export interface Page<Item> {
  page: Item[];
  isDone: boolean;
  continueCursor: string;
}

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

/** Mapped rather than `Encoded<Input>`, so that nothing is worked out until someone asks for the arguments. */
type EncodedArgs<Input> = { [K in keyof Input]: Encoded<Input[K]> };
