import { convexToJson } from 'convex/values';
import type { Value } from 'convex/values';
import { isErrorCode } from '../errors/codes.ts';
import { isCRPCError } from '../errors/crpc-error.ts';
import type { CRPCError } from '../errors/crpc-error.ts';
import type { ValueCodec } from './codec.ts';
import { tooLargeError } from './wire-error.ts';
import { MAX_BYTES } from './wire-limits.ts';

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
