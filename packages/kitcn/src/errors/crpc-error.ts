import { ERROR_STATUS, isErrorCode } from './codes.ts';
import type { AnyErrorCode } from './codes.ts';

/**
 * Who refused: the `function` that ran, the deployment before anything ran (`platform`), the `network` on the way, or
 * this process before anything was sent (`client`).
 */
export type ErrorOrigin = 'function' | 'platform' | 'network' | 'client';

export interface CRPCErrorOptions<Data = unknown, Code extends string = AnyErrorCode> {
  code: Code;
  /** The HTTP status of a code that the table lacks. Default 500. */
  status?: number | undefined;
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
export class CRPCError<Data = unknown, Code extends string = AnyErrorCode> extends Error {
  override readonly name = 'CRPCError';
  readonly code: Code;
  /** As an HTTP status: the code table’s, or the one that the code was declared with. */
  readonly status: number;
  readonly data: Data | undefined;
  readonly origin: ErrorOrigin;

  constructor({
    code,
    status = 500,
    message = code,
    data,
    cause,
    origin = 'function',
  }: CRPCErrorOptions<Data, Code>) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
    this.status = isErrorCode(code) ? ERROR_STATUS[code] : status;
    this.data = data;
    this.origin = origin;
    Object.defineProperty(this, BRAND, { value: true });
  }
}

/** Whether `error` is a `CRPCError`, wherever it was made: here, in another bundle, or on the far side of a call. */
export function isCRPCError(error: unknown): error is CRPCError {
  return typeof error === 'object' && error !== null && BRAND in error;
}
