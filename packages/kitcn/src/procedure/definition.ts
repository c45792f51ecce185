import type { GenericValidator, Value } from 'convex/values';
import type { DeclaredErrors } from './declared-errors.ts';
import type { ProcedureType, ProcedureVisibility } from '../shared/type-procedure.ts';
import type { Codec } from '../wire/codec.ts';
import type { Middleware } from './middleware.ts';
import type { Schema } from './schema.ts';

export type Handler = (options: { ctx: object; input: unknown; errors: DeclaredErrors }) => unknown;

/** A middleware whose types have been seen to by the builder's. */
export type AnyMiddleware = Middleware<object, object, unknown>;

/** All that a builder has been told. Builders never change one; they make the next. */
export interface ProcedureDefinition {
  readonly type: ProcedureType;
  readonly visibility: ProcedureVisibility;
  /** What `.name()` was given. */
  readonly name?: string | undefined;
  readonly meta: Readonly<Record<string, unknown>>;
  readonly inputs: readonly Schema[];
  /** At the index of its schema, the Convex validator that was given with it. */
  readonly argsValidators: readonly (GenericValidator | undefined)[];
  readonly output?: Schema | undefined;
  readonly returnsValidator?: GenericValidator | undefined;
  /** Whether `.paginated()` has put its schemas among the inputs and as the output. */
  readonly isPaginated?: boolean;
  /** What `.errors()` was given, by code, as functions that make the errors. */
  readonly errors: DeclaredErrors;
  readonly middlewares: readonly AnyMiddleware[];
  /** What `initCRPC.context()` adds to Convex's context. */
  readonly extendContext: ((ctx: object) => object | Promise<object>) | undefined;
  readonly codec: Codec;
}

/** What a registered function carries under `'~crpc'`, for codegen and for calls in the same process. */
export interface ProcedureInfo extends ProcedureDefinition {
  /** The handler as the user wrote it: no validation, no middleware. */
  readonly handler: Handler;
  /** What the input schemas make of arguments, or a promise of it. Throws `BAD_REQUEST` with `data: { issues }`. */
  readonly parseInput: (raw: unknown) => unknown;
  /** Throws what a call with `input`, which travels as `args`, would be refused with, if that can be told at once. */
  readonly checkSent: (input: unknown, args: Value) => void;
  /** Generated code and the host fill it in when they come to know it. */
  functionName: string | undefined;
}
