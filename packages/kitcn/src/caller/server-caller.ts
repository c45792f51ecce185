/** Options of one call. */
export interface CallOptions {
  /** Milliseconds until the call rejects with `TIMEOUT`, token fetch and replay included. Default: the factory's. */
  timeoutMs?: number | undefined;
  /** Aborting rejects the call with `CLIENT_CLOSED_REQUEST`. A mutation or action that was on its way may have run. */
  signal?: AbortSignal | undefined;
  skipUnauth?: false | undefined;
}

/** Makes a call that is refused as unauthorised resolve to `null`. */
export interface SkipUnauthOptions extends Omit<CallOptions, 'skipUnauth'> {
  skipUnauth: true;
}

/** One procedure of a caller. The input may be left out where `{}` is a valid one. */
export interface ServerCall<Input, Output> {
  (...args: SkipUnauthArgs<Input>): Promise<Output | null>;
  (...args: CallArgs<Input>): Promise<Output>;
}

/** The `api` tree as functions: each procedure takes its input and resolves to its output. */
export type ServerCaller<Api> = {
  readonly [Name in keyof Api]: Api[Name] extends {
    readonly '~crpc': { readonly types?: infer Types };
  }
    ? ServerCallOf<NonNullable<Types>>
    : ServerCaller<Api[Name]>;
};

type ServerCallOf<Types> = Types extends {
  readonly input: infer Input;
  readonly output: infer Output;
}
  ? ServerCall<Input, Output>
  : never;

type CallArgs<Input> =
  AcceptsNothing<Input> extends true
    ? [input?: Input, options?: CallOptions]
    : [input: Input, options?: CallOptions];

type SkipUnauthArgs<Input> =
  AcceptsNothing<Input> extends true
    ? [input: Input | undefined, options: SkipUnauthOptions]
    : [input: Input, options: SkipUnauthOptions];

type AcceptsNothing<Input> = {} extends Input ? true : false;
