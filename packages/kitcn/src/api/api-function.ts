import type { RegisteredAction, RegisteredMutation, RegisteredQuery } from 'convex/server';
import type {
  NoErrors,
  ProcedureType,
  ProcedureVisibility,
  TypeOf,
} from '../shared/type-procedure.ts';
import type { Encoded, EncodedArgs } from '../wire/encoded.ts';
import type { DeclaringCall, OptionsOf, ServerCallOf } from './server-call.ts';

/** What a leaf of `api` knows of its procedure. `types` exists in types only. */
export interface ApiFunctionInfo<Type extends ProcedureType, Input, Output> {
  readonly type: Type;
  /** What `.meta()` was given, if it is JSON. */
  readonly meta: Readonly<Record<string, unknown>> | undefined;
  readonly errors?: undefined;
  readonly types?: { readonly input: Input; readonly output: Output; readonly errors: NoErrors };
}

/**
 * The same of a procedure that declares errors. An interface of its own, so that procedures without cost the type checker
 * nothing for it.
 */
export interface DeclaringFunctionInfo<Type extends ProcedureType, Input, Output, Errors> {
  readonly type: Type;
  readonly meta: Readonly<Record<string, unknown>> | undefined;
  /** The codes that it declares, with their HTTP statuses. */
  readonly errors: Readonly<Record<string, number>>;
  readonly types?: { readonly input: Input; readonly output: Output; readonly errors: Errors };
}

/**
 * A leaf of `api` or `internal`: a plain Convex `FunctionReference` that also knows its procedure. An interface with the
 * members of a reference, not an intersection with one: each member is worked out only where it is used, and our own
 * callers need none but the last.
 */
export interface ApiLeaf<
  Type extends ProcedureType,
  Input,
  Output,
  Visibility extends ProcedureVisibility = 'public',
  Args = never,
> {
  readonly _type: Type;
  readonly _visibility: Visibility;
  readonly _args: ArgsOr<Args, Input>;
  readonly _returnType: Encoded<Output>;
  readonly _componentPath: string | undefined;
  readonly '~crpc': ApiFunctionInfo<Type, Input, Output>;
  /** How a caller calls it; exists in types only. */
  readonly '~call': ServerCallOf<Type, Input, Output>;
}

/** A leaf of a procedure that declares errors: by code, their data. */
export interface DeclaringLeaf<
  Type extends ProcedureType,
  Input,
  Output,
  Errors,
  Visibility extends ProcedureVisibility = 'public',
  Args = never,
> {
  readonly _type: Type;
  readonly _visibility: Visibility;
  readonly _args: ArgsOr<Args, Input>;
  readonly _returnType: Encoded<Output>;
  readonly _componentPath: string | undefined;
  readonly '~crpc': DeclaringFunctionInfo<Type, Input, Output, Errors>;
  /** How a caller calls it; exists in types only. */
  readonly '~call': DeclaringCall<Input, Output, Errors, OptionsOf<Type>>;
}

/** The leaf of an exported function: a procedure, or one made by Convex's own `query`, `mutation`, `action`. */
export type ApiFunction<F> =
  F extends RegisteredQuery<infer Visibility, infer Args, infer _>
    ? LeafOf<F, 'query', Visibility, Args>
    : F extends RegisteredMutation<infer Visibility, infer Args, infer _>
      ? LeafOf<F, 'mutation', Visibility, Args>
      : F extends RegisteredAction<infer Visibility, infer Args, infer _>
        ? LeafOf<F, 'action', Visibility, Args>
        : never;

type LeafOf<F, Type extends ProcedureType, Visibility extends ProcedureVisibility, Args> = [
  keyof TypeOf<F, 'errors'>,
] extends [never]
  ? ApiLeaf<Type, TypeOf<F, 'input'>, TypeOf<F, 'output'>, Visibility, Args>
  : DeclaringLeaf<
      Type,
      TypeOf<F, 'input'>,
      TypeOf<F, 'output'>,
      TypeOf<F, 'errors'>,
      Visibility,
      Args
    >;

/** `never` stands for the input as it travels: as a default, that would be worked out for every leaf. */
type ArgsOr<Args, Input> = [Args] extends [never] ? EncodedArgs<Input> : Args;
