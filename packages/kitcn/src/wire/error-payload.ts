import { convexToJson } from 'convex/values';
import type { Value } from 'convex/values';
import { isErrorCode, isErrorStatus } from '../errors/codes.ts';
import { CRPCError, isCRPCError } from '../errors/crpc-error.ts';
import type { ErrorOrigin } from '../errors/crpc-error.ts';
import type { ValueCodec } from './codec.ts';
import { tooLargeError } from './wire-error.ts';
import { MAX_BYTES } from './wire-limits.ts';

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

/** Data that cannot travel makes another error of it, which says so: half of an error would be taken for all of it. */
export function toErrorPayload(error: CRPCError, output: ValueCodec): Value {
  const { code, message, status } = error;
  const payload = { __crpc: 1, code, message, ...(!isErrorCode(code) && { status }) };
  if (error.data === undefined) return payload;
  try {
    const data = output.encode(error.data);
    // To the character is near enough where a byte too many is as rare as this.
    if (JSON.stringify(convexToJson(data)).length > MAX_BYTES) throw tooLargeError();
    return { ...payload, data };
  } catch (problem) {
    if (!isCRPCError(problem)) throw problem;
    const reason = `The data of a ${code} error cannot travel. ${problem.message}`;
    return {
      __crpc: 1,
      code: 'INTERNAL_SERVER_ERROR',
      message: reason,
      data: output.encode(problem.data),
    };
  }
}

/** The error that a `ConvexError`'s data stands for; `undefined` if the data is a user's own. */
export function tryFromErrorPayload(
  payload: unknown,
  output: ValueCodec,
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
    ...(data !== undefined && { data: output.decode(data) }),
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
