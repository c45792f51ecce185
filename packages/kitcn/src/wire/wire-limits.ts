/** Convex's limits for arguments and results. */

/** Objects and arrays inside each other. */
export const MAX_NESTING = 64;

/** Bytes of arguments or of a result, as JSON in UTF-8. */
export const MAX_BYTES: number = 16 * 1024 * 1024;

const MAX_NAME_LENGTH = 1024;
const PRINTABLE_ASCII = /^[\x20-\x7e]*$/;

/** What is wrong with a field's name. Other than Convex itself, which drops the field without a word, for `__proto__`. */
export function nameProblem(name: string): string | undefined {
  if (name === '') return 'a field name is empty';
  if (name === '__proto__') return 'a field name must not be "__proto__"';
  if (name.startsWith('$')) return 'a field name must not start with "$"';
  if (!PRINTABLE_ASCII.test(name)) return 'a field name must be printable ASCII';
  if (name.length > MAX_NAME_LENGTH) {
    return `a field name is longer than ${MAX_NAME_LENGTH} characters`;
  }
  return undefined;
}

/** Whether a text takes more than `MAX_BYTES` in UTF-8. */
export function isTooLarge(text: string): boolean {
  if (text.length * 3 <= MAX_BYTES) return false;
  return text.length > MAX_BYTES || countBytes(text) > MAX_BYTES;
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
