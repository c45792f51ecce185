import { isCRPCError } from '../errors/crpc-error.ts';
import type { DeclaredErrorOf } from '../errors/declared-error.ts';
import type { inferErrors } from './infer-types.ts';

/** A leaf of the generated `api` or `internal`, or a registered function itself. */
export type ProcedureHandle = { readonly '~crpc': object } | { readonly isConvexFunction: true };

/** Whether a call of `procedure` failed with one of the errors that it declares; `error.code` then tells which. */
export function isDeclaredError<P extends ProcedureHandle>(
  error: unknown,
  procedure: P,
): error is DeclaredErrorOf<inferErrors<P>> {
  // Both have the codes there; the type of a registered function does not show it.
  const { errors } = (procedure as { '~crpc'?: { errors?: object } })['~crpc'] ?? {};
  return isCRPCError(error) && errors !== undefined && Object.hasOwn(errors, error.code);
}
