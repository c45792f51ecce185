/**
 * The `api` tree as functions: each procedure takes its input and resolves to its output. How, a leaf says itself: to match
 * it with patterns would cost the type checker twice as much for every call.
 */
export type ServerCaller<Api> = {
  readonly [Name in keyof Api]: '~call' extends keyof Api[Name]
    ? Api[Name]['~call']
    : ServerCaller<Api[Name]>;
};
