import { isDeepStrictEqual } from 'node:util';
import { expect } from 'vitest';

/** Like `toStrictEqual`, which takes much longer where all is well. For tests that compare very often. */
export function expectSame(actual: unknown, expected: unknown): void {
  if (!isDeepStrictEqual(actual, expected)) expect(actual).toStrictEqual(expected);
}
