import type {
  DefaultFunctionArgs,
  FunctionReference,
  RegisteredAction,
  RegisteredMutation,
  RegisteredQuery,
} from 'convex/server';
import type { NullForVoid, ProcedureType, TypesOfResult } from '../shared/type-procedure.ts';
import type { Encoded } from '../wire/encoded.ts';

/** What a leaf of `api` knows of its procedure. `types` exists in types only. */
export interface ApiFunctionInfo<Type extends ProcedureType, Input, Output> {
  readonly type: Type;
  /** What `.meta()` was given, if it is JSON. */
  readonly meta: Readonly<Record<string, unknown>> | undefined;
  readonly types?: { readonly input: Input; readonly output: Output };
}

/** A leaf of `api`: a plain Convex `FunctionReference` that also knows its procedure. */
export type ApiLeaf<Type extends ProcedureType, Input, Output> = FunctionReference<
  Type,
  'public',
  EncodedArgs<Input>,
  Encoded<Output>
> & { readonly '~crpc': ApiFunctionInfo<Type, Input, Output> };

/** The leaf of an exported function: a procedure, or one made by Convex's own `query`, `mutation`, `action`. */
export type ApiFunction<F> =
  F extends RegisteredQuery<infer _, infer Args, infer Returns>
    ? LeafOf<'query', Args, Returns>
    : F extends RegisteredMutation<infer _, infer Args, infer Returns>
      ? LeafOf<'mutation', Args, Returns>
      : F extends RegisteredAction<infer _, infer Args, infer Returns>
        ? LeafOf<'action', Args, Returns>
        : never;

type LeafOf<Type extends ProcedureType, Args, Returns> =
  TypesOfResult<Returns> extends { input: infer Input; output: infer Output }
    ? ApiLeaf<Type, Input, Output>
    : ApiLeaf<Type, Args, NullForVoid<Awaited<Returns>>>;

type EncodedArgs<Input> =
  Encoded<Input> extends infer Args extends DefaultFunctionArgs ? Args : never;
