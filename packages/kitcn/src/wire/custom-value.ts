import { CUSTOM_TAG } from './tag.ts';

/** Whether a custom transformer has made it. */
export function isCustom(value: unknown): value is { [CUSTOM_TAG]: unknown } {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, CUSTOM_TAG);
}
