import type { OptionalJson } from './value-kind.ts';
import { encodeKeyPart } from './key-part.ts';

/**
 * Convex's total order over encoded values, the order of the index keys: undefined < null < int64 < float64
 * < boolean < string < bytes < array < object. Negative, zero or positive, as for `sort`.
 */
export function compareJson(left: OptionalJson, right: OptionalJson): number {
  // Plain JSON numbers are neither NaN nor -0, so they order as they are.
  if (typeof left === 'number' && typeof right === 'number') return left - right;
  if (typeof left === 'string' && typeof right === 'string' && left === right) return 0;
  return Buffer.compare(encodeKeyPart(left), encodeKeyPart(right));
}
