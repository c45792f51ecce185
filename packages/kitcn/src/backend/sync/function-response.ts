import type { FunctionResult } from '../functions/function-host.ts';
import type { FunctionMessage } from './client-message.ts';
import { encodeTimestamp } from './timestamp.ts';

/** `MutationResponse` or `ActionResponse` as JSON text. A mutation that failed has `ts: null`, an action has none. */
export function encodeFunctionResponse(
  { type, requestId }: FunctionMessage,
  result: FunctionResult,
): string {
  const { logLines } = result;
  const head = { type: `${type}Response`, requestId, success: result.status === 'success' };
  const ts = type === 'Mutation' ? { ts: encodeCommit(result) } : {};
  if (result.status === 'success') {
    return JSON.stringify({ ...head, result: result.value, ...ts, logLines });
  }
  const { errorMessage, errorData } = result;
  // Absent, not null, when there is none.
  const data = errorData === undefined ? {} : { errorData };
  return JSON.stringify({ ...head, result: errorMessage, ...ts, logLines, ...data });
}

function encodeCommit(result: FunctionResult): string | null {
  const timestamp = result.status === 'success' ? result.timestamp : undefined;
  return timestamp === undefined ? null : encodeTimestamp(timestamp);
}
