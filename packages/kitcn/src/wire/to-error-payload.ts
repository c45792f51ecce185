import { convexToJson } from 'convex/values';
import type { Value } from 'convex/values';
import { isErrorCode } from '../errors/codes.ts';
import { CRPCError, isCRPCError } from '../errors/crpc-error.ts';
import type { ValueCodec } from './codec.ts';
import { tooLargeError } from './wire-error.ts';
import { MAX_BYTES } from './wire-limits.ts';

/** Data that cannot travel makes another error of it, which says so: half of an error would be taken for all of it. */
export function toErrorPayload(error: CRPCError, output: ValueCodec): Value {
  const payload = toErrorHead(error);
  if (error.data === undefined) return payload;
  try {
    const data = output.encode(error.data);
    // To the character is near enough where a byte too many is as rare as this.
    if (JSON.stringify(convexToJson(data)).length > MAX_BYTES) throw tooLargeError();
    return { ...payload, data };
  } catch (problem) {
    return toErrorPayload(unsendable(error, problem), output);
  }
}

/** All of the payload but the data. */
export function toErrorHead({ code, message, status }: CRPCError): Record<string, Value> {
  return { __crpc: 1, code, message, ...(!isErrorCode(code) && { status }) };
}

/** What leaves in place of an error whose data has a problem on the wire. Throws a problem that is not of the wire's. */
export function unsendable({ code }: CRPCError, problem: unknown): CRPCError {
  if (!isCRPCError(problem)) throw problem;
  return new CRPCError({
    code: 'INTERNAL_SERVER_ERROR',
    message: `The data of a ${code} error cannot travel. ${problem.message}`,
    data: problem.data,
  });
}
