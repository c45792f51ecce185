import type { PaginationOptions } from 'convex/server';
import type { ProcedureTypes } from '../shared/type-procedure.ts';
import type { Encoded, EncodedArgs } from '../wire/encoded.ts';
import type { ErrorData } from './error-types.ts';

/**
 * The `Returns` of a procedure's `RegisteredQuery`, `RegisteredMutation` or `RegisteredAction`. Convex's published
 * types carry arguments and results in alias parameters only and read results through `Awaited`, so a promise is the
 * one place where a type of ours survives on a genuine Convex function without showing anywhere else. No more of a
 * promise than `Awaited` asks for, as every further member would be worked out for every procedure.
 */
export interface ProcedureResult<Input, Parsed, Output, HandlerOutput, Ctx, Errors> {
  /** Exists in types only. */
  readonly '~types': ProcedureTypes<Input, Parsed, Output, HandlerOutput, Ctx, ErrorData<Errors>>;
  then(onfulfilled: (sent: Encoded<Output>) => unknown): unknown;
}

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
  /**
   * Where the page ends, whatever the limit: its own `continueCursor` to ask for the same range again, its `splitCursor`
   * for the first half of it.
   */
  endCursor?: string | null | undefined;
}

/** The input of a paginated query's handler; `paginate` takes the handler's `paginationOpts`, which has all three. */
export interface ParsedPageInput {
  cursor: string | null;
  limit: number;
  endCursor: string | null;
}

/** One page of a paginated query. */
export interface Page<Item> {
  page: Item[];
  isDone: boolean;
  continueCursor: string;
  /** Where two pages can take the place of this one; Convex's hooks do that with pages that have grown. */
  splitCursor?: string | null;
  /** Set when Convex had to read so much for the page that it should be split, or so much that it may lack items. */
  pageStatus?: 'SplitRecommended' | 'SplitRequired' | null;
}
