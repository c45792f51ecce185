import type { ApiFunctionInfo, DeclaringFunctionInfo } from '../api/api-function.ts';
import type { CallOptions, InputArgs, QueryCallOptions } from '../api/server-call.ts';
import type { SafeError } from '../errors/safe.ts';
import type { TypeMessage } from '../procedure/type-message.ts';
import type { NoErrors } from '../shared/type-procedure.ts';

/** A query that a snapshot will make; what the callback of `ctx.snapshot` returns holds these. */
export interface SnapshotQuery<Output, Errors = NoErrors> {
  readonly kind: 'snapshot query';
  /** Exists in types only; wrapped, so that `undefined` in it is not taken for its absence. */
  readonly '~output'?: { readonly value: Output };
  /** By code, the data of the errors that it declares; exists in types only. */
  readonly '~errors'?: Errors;
}

/** The `api` tree as the callback of `ctx.snapshot` gets it: its queries, noted down instead of sent. */
export type SnapshotCaller<Api> = {
  readonly [Name in keyof Api]: Api[Name] extends { readonly '~crpc': infer Info }
    ? SnapshotCallOf<Info>
    : SnapshotCaller<Api[Name]>;
};

type SnapshotCallOf<Info> = 'method' extends keyof Info
  ? TypeMessage<'A snapshot is of queries only: call this HTTP route by ctx.caller'>
  : Info extends ApiFunctionInfo<'query', infer Input, infer Output>
    ? (...args: InputArgs<Input>) => SnapshotQuery<Output>
    : Info extends DeclaringFunctionInfo<'query', infer Input, infer Output, infer Errors>
      ? (...args: InputArgs<Input>) => SnapshotQuery<Output, Errors>
      : TypeMessage<'A snapshot is of queries only: call this procedure by ctx.caller'>;

/** What the callback returns: queries in a list, or by name. */
export type SnapshotQueries =
  | readonly SnapshotQuery<unknown, unknown>[]
  | Readonly<Record<string, SnapshotQuery<unknown, unknown>>>;

type SnapshotErrors<Query> = Query extends SnapshotQuery<unknown, infer Errors> ? Errors : NoErrors;

type SnapshotOutput<Query> = Query extends SnapshotQuery<infer Output, unknown> ? Output : never;

/** What the queries return, in the shape in which they were given. */
export type SnapshotOutputs<Queries> = {
  -readonly [Key in keyof Queries]: SnapshotOutput<Queries[Key]>;
};

/** How one query of a snapshot ended, as `Promise.allSettled` would say it. */
export type SnapshotResult<Output, Errors = NoErrors> =
  { status: 'fulfilled'; value: Output } | { status: 'rejected'; reason: SafeError<Errors> };

export type SnapshotResults<Queries> = {
  -readonly [Key in keyof Queries]: SnapshotResult<
    SnapshotOutput<Queries[Key]>,
    SnapshotErrors<Queries[Key]>
  >;
};

/** Options of one snapshot. */
export interface SnapshotOptions
  extends Omit<CallOptions, 'skipUnauth'>, Pick<QueryCallOptions, 'retries'> {
  /**
   * Refuse what one timestamp cannot hold: more than 100 queries or 16 MiB of arguments, or a deployment that knows no
   * batches. Without it these take several requests, each at its own timestamp.
   */
  consistent?: boolean | undefined;
}

type Collect<Api, Queries> = (c: SnapshotCaller<Api>) => Queries;

/** Many queries in one request, at one database timestamp. */
export interface Snapshot<Api> {
  /** Resolves to what the queries return; rejects with the error of the first one that failed. */
  <const Queries extends SnapshotQueries>(
    collect: Collect<Api, Queries>,
    options?: SnapshotOptions,
  ): Promise<SnapshotOutputs<Queries>>;
  /** Resolves to how each query ended; rejects only if the request as a whole failed. */
  settled<const Queries extends SnapshotQueries>(
    collect: Collect<Api, Queries>,
    options?: SnapshotOptions,
  ): Promise<SnapshotResults<Queries>>;
}
