import { MAX_BYTES, mayBeTooLarge } from './wire-limits.ts';

/** Whether a text takes more than `MAX_BYTES` in UTF-8. */
export function isTooLarge(text: string): boolean {
  return mayBeTooLarge(text) && (text.length > MAX_BYTES || countBytes(text) > MAX_BYTES);
}

/** By hand, because Convex's runtime has no way to count without a copy of the text. */
function countBytes(text: string): number {
  let bytes = text.length;
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    if (unit < 0x80) continue;
    // Half of a surrogate pair is half of four bytes; JSON has no lone ones.
    bytes += unit < 0x800 || (unit >= 0xd800 && unit <= 0xdfff) ? 1 : 2;
  }
  return bytes;
}
