import { tryArgumentError } from '../errors/argument-error.ts';
import { CRPCError, isCRPCError } from '../errors/crpc-error.ts';
import { tryCursorError } from '../errors/cursor-error.ts';
import type { ValueCodec } from '../wire/codec.ts';
import { tryFromErrorPayload } from '../wire/error-payload.ts';

/** What a call across a Convex function boundary threw, as the `CRPCError` that the procedure threw. */
export function reviveError(thrown: unknown, name: string, output: ValueCodec): CRPCError {
  if (isCRPCError(thrown)) return thrown;
  const { data, message = '' } = thrown as { data?: unknown; message?: string };
  return (
    tryFromErrorPayload(data, output, thrown) ??
    tryCursorError(data, name, thrown) ??
    tryArgumentError(message, name, thrown) ??
    new CRPCError({ code: 'INTERNAL_SERVER_ERROR', message: `${name} failed`, cause: thrown })
  );
}
