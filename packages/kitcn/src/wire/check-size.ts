import { tooLargeError } from './wire-error.ts';
import { isTooLarge } from './wire-limits.ts';

/** The text of a value, if Convex takes so much; throws `PAYLOAD_TOO_LARGE` if not. */
export function checkSize(text: string): string {
  if (isTooLarge(text)) throw tooLargeError();
  return text;
}
