import type { CallPromise } from '../shared/type-procedure.ts';

/** `AbortSignal`, where there is one: leaves of `api` are read inside Convex, too, whose types know none. */
type Signal = typeof globalThis extends { AbortSignal: { prototype: infer S } } ? S : never;

/** Options of one call. */
export interface CallOptions {
  /** Milliseconds until the call rejects with `TIMEOUT`, token fetch and replay included. Default: the factory's. */
  timeoutMs?: number | undefined;
  /** Aborting rejects the call with `CLIENT_CLOSED_REQUEST`. A mutation or action that was on its way may have run. */
  signal?: Signal | undefined;
  skipUnauth?: false | undefined;
}

/** Options of one call of a query, which may run twice or be shared without harm. */
export interface QueryCallOptions extends CallOptions {
  /** Further attempts after a broken connection, a 5xx or a 429, with growing waits. Default: the factory's, or 0. */
  retries?: number | undefined;
  /** `false` sends a request of its own even if an equal query of this context is on its way. */
  dedupe?: boolean | undefined;
}

/** Makes a call that is refused as unauthorised resolve to `null`. */
export type SkipUnauthOptions<Options extends CallOptions = CallOptions> = Omit<
  Options,
  'skipUnauth'
> & { skipUnauth: true };

/** One procedure of a caller. */
export interface ServerCall<Input, Output, Options extends CallOptions = CallOptions> {
  (input: Input, options: SkipUnauthOptions<Options>): Promise<Output | null>;
  (input: Input, options?: Options): Promise<Output>;
}

/** One procedure of a caller whose input may be left out, since `{}` is a valid one. */
export interface OptionalServerCall<Input, Output, Options extends CallOptions = CallOptions> {
  (input: Input | undefined, options: SkipUnauthOptions<Options>): Promise<Output | null>;
  (input?: Input, options?: Options): Promise<Output>;
}

/** One procedure of a caller that declares errors: by code, their data. */
export interface DeclaringCall<Input, Output, Errors, Options extends CallOptions = CallOptions> {
  (
    input: {} extends Input ? Input | undefined : Input,
    options: SkipUnauthOptions<Options>,
  ): CallPromise<Output | null, Errors>;
  (...args: [...input: InputArgs<Input>, options?: Options]): CallPromise<Output, Errors>;
}

/** How a caller calls a procedure that declares no errors. */
export type ServerCallOf<Type, Input, Output> = {} extends Input
  ? OptionalServerCall<Input, Output, OptionsOf<Type>>
  : ServerCall<Input, Output, OptionsOf<Type>>;

/** The options of a call. */
export type OptionsOf<Type> = Type extends 'query' ? QueryCallOptions : CallOptions;

/** The input as arguments: none are needed where `{}` is a valid input. */
export type InputArgs<Input> = {} extends Input ? [input?: Input] : [input: Input];
