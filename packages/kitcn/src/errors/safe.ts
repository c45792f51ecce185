import type { CallPromise, NoErrors } from '../shared/type-procedure.ts';
import type { CRPCErrorCode } from './codes.ts';
import { isCRPCError } from './crpc-error.ts';
import type { CRPCError } from './crpc-error.ts';
import type { DeclaredErrorOf } from './declared-error.ts';

/** What a call ended with: `[undefined, data]` or `[error, undefined]`. */
export type SafeResult<Data, Errors> =
  [error: undefined, data: Data] | [error: SafeError<Errors>, data: undefined];

/** Beside declared errors, the others are those of the code table, so that `error.code` tells which is which. */
export type SafeError<Errors> = [keyof Errors] extends [never]
  ? CRPCError
  : CRPCError<unknown, CRPCErrorCode> | DeclaredErrorOf<Errors>;

/**
 * A call's error as a value: `const [error, data] = await safe(caller.orders.buy(input))`. `error.code` tells the
 * errors that the procedure declares apart, with their data. Rejects with whatever is no `CRPCError`, such as a
 * framework's `redirect()`.
 */
export async function safe<Data, Errors = NoErrors>(
  call: CallPromise<Data, Errors>,
): Promise<SafeResult<Data, Errors>> {
  try {
    return [undefined, await call];
  } catch (error) {
    if (!isCRPCError(error)) throw error;
    return [error as SafeError<Errors>, undefined]; // A procedure lets its codes out with fitting data only.
  }
}
