import type { ProcedureType, ProcedureVisibility } from '../shared/type-procedure.ts';
import type { Codec } from '../wire/codec.ts';
import type { Middleware } from './middleware.ts';
import type { Schema } from './schema.ts';

export type Handler = (options: { ctx: object; input: unknown }) => unknown;

/** All that a builder has been told. Builders never change one; they make the next. */
export interface ProcedureDefinition {
  readonly type: ProcedureType;
  readonly visibility: ProcedureVisibility;
  readonly meta: Readonly<Record<string, unknown>>;
  readonly inputs: readonly Schema[];
  readonly output: Schema | undefined;
  readonly middlewares: readonly Middleware<object, object, unknown>[];
  /** What `initCRPC.context()` adds to Convex's context. */
  readonly extendContext: ((ctx: object) => object | Promise<object>) | undefined;
  readonly codec: Codec;
}

/** What a registered function carries under `'~crpc'`, for codegen and for calls in the same process. */
export interface ProcedureInfo {
  readonly type: ProcedureType;
  readonly visibility: ProcedureVisibility;
  readonly meta: Readonly<Record<string, unknown>>;
  readonly codec: Codec;
  /** The handler as the user wrote it: no validation, no middleware. */
  readonly handler: Handler;
}
