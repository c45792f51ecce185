import type { CRPCErrorCode } from './codes.ts';

/**
 * Who refused: the `function` that ran, the deployment before anything ran (`platform`), the `network` on the way, or
 * this process before anything was sent (`client`).
 */
export type ErrorOrigin = 'function' | 'platform' | 'network' | 'client';

export interface CRPCErrorOptions<Data = unknown> {
  code: CRPCErrorCode;
  /** Defaults to the code. */
  message?: string;
  /** Anything that travels as a procedure's result does, Dates included. */
  data?: Data;
  /** Stays in this process: a cause is never sent. */
  cause?: unknown;
  /** Default `function`. */
  origin?: ErrorOrigin;
}

/** Shared by every copy of this module, so that the guard holds across bundles and realms. */
const BRAND = Symbol.for('kitcn.CRPCError');

/** The one error of procedures and callers. Thrown in a procedure, it arrives with the same code, message and data. */
export class CRPCError<Data = unknown> extends Error {
  override readonly name = 'CRPCError';
  readonly code: CRPCErrorCode;
  readonly data: Data | undefined;
  readonly origin: ErrorOrigin;

  constructor(options: CRPCErrorOptions<Data>) {
    super(
      options.message ?? options.code,
      options.cause === undefined ? undefined : { cause: options.cause },
    );
    this.code = options.code;
    this.data = options.data;
    this.origin = options.origin ?? 'function';
    Object.defineProperty(this, BRAND, { value: true });
  }
}

/** Whether `error` is a `CRPCError`, wherever it was made: here, in another bundle, or on the far side of a call. */
export function isCRPCError(error: unknown): error is CRPCError {
  return typeof error === 'object' && error !== null && BRAND in error;
}
