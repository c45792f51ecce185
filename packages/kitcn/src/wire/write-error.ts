import type { CRPCError } from '../errors/crpc-error.ts';
import type { ValueTextCodec } from './text-codec.ts';
import { toErrorHead, unsendable } from './to-error-payload.ts';
import { writeText } from './write-text.ts';

/** What `toErrorPayload` gives as JSON text, its data in one pass, and the HTTP status that it leaves under. */
export function writeError(
  error: CRPCError,
  output: ValueTextCodec,
): { status: number; text: string } {
  const { data, status } = error;
  const head = JSON.stringify(toErrorHead(error));
  if (data === undefined) return { status, text: head };
  try {
    return { status, text: `${head.slice(0, -1)},"data":${writeText(output, data)}}` };
  } catch (problem) {
    return writeError(unsendable(error, problem), output);
  }
}
