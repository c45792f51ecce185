/** Convex's limits for arguments and results. */

/** Objects and arrays inside each other. */
export const MAX_NESTING = 64;

/** Bytes of arguments or of a result, as JSON in UTF-8. */
export const MAX_BYTES: number = 16 * 1024 * 1024;

/** Whether a text may take more than `MAX_BYTES`: in UTF-8 no unit of a string takes more than three. */
export function mayBeTooLarge(text: string): boolean {
  return text.length * 3 > MAX_BYTES;
}
