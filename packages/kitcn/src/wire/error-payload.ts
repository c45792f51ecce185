import type { Value } from 'convex/values';
import { isErrorStatus } from '../errors/codes.ts';
import { CRPCError } from '../errors/crpc-error.ts';
import type { ErrorOrigin } from '../errors/crpc-error.ts';
import type { ValueCodec } from './codec.ts';

/** How a `CRPCError` travels: as the data of a `ConvexError`. */
interface ErrorPayload {
  /** Version of this form. */
  __crpc: 1;
  code: string;
  message: string;
  /** Of a code that the table lacks, so that receivers need not know the code. */
  status?: number;
  data?: Value;
}

/**
 * The error that a `ConvexError`'s data stands for; `undefined` if the data is a user's own. The payload may be Convex's
 * JSON as well, with a `decode` for that.
 */
export function tryFromErrorPayload(
  payload: unknown,
  { decode }: Pick<ValueCodec, 'decode'>,
  cause?: unknown,
): CRPCError | undefined {
  if (!isErrorPayload(payload)) return undefined;
  const { code, message, status, data } = payload;
  const origin: ErrorOrigin = 'function';
  return new CRPCError({
    code,
    status: isErrorStatus(status) ? status : undefined,
    message,
    origin,
    ...(data !== undefined && { data: decode(data) }),
    ...(cause !== undefined && { cause }),
  });
}

function isErrorPayload(value: unknown): value is ErrorPayload {
  return (
    typeof value === 'object' &&
    value !== null &&
    (value as Partial<ErrorPayload>).__crpc === 1 &&
    typeof (value as Partial<ErrorPayload>).code === 'string' &&
    typeof (value as Partial<ErrorPayload>).message === 'string'
  );
}
