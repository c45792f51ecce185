import type { ApiFunctionInfo, DeclaringFunctionInfo } from '../api/api-function.ts';
import type { CallPromise } from '../shared/type-procedure.ts';

/** Options of one call. */
export interface CallOptions {
  /** Milliseconds until the call rejects with `TIMEOUT`, token fetch and replay included. Default: the factory's. */
  timeoutMs?: number | undefined;
  /** Aborting rejects the call with `CLIENT_CLOSED_REQUEST`. A mutation or action that was on its way may have run. */
  signal?: AbortSignal | undefined;
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

/** The `api` tree as functions: each procedure takes its input and resolves to its output. */
export type ServerCaller<Api> = {
  readonly [Name in keyof Api]: Api[Name] extends {
    readonly '~crpc': ApiFunctionInfo<infer Type, infer Input, infer Output>;
  }
    ? {} extends Input
      ? OptionalServerCall<Input, Output, OptionsOf<Type>>
      : ServerCall<Input, Output, OptionsOf<Type>>
    : Api[Name] extends {
          readonly '~crpc': DeclaringFunctionInfo<
            infer Type,
            infer Input,
            infer Output,
            infer Errors
          >;
        }
      ? DeclaringCall<Input, Output, Errors, OptionsOf<Type>>
      : ServerCaller<Api[Name]>;
};

type OptionsOf<Type> = Type extends 'query' ? QueryCallOptions : CallOptions;

/** The input as arguments: none are needed where `{}` is a valid input. */
export type InputArgs<Input> = {} extends Input ? [input?: Input] : [input: Input];
