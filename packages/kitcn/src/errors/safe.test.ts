import { expect, test } from 'vitest';
import { CRPCError } from './crpc-error.ts';
import { safe } from './safe.ts';

test('gives data, or a CRPCError as a value', async () => {
  expect(await safe(Promise.resolve(5))).toEqual([undefined, 5]);
  const error = new CRPCError({ code: 'CONFLICT' });
  expect(await safe(Promise.reject(error))).toEqual([error, undefined]);
});

test('what is no CRPCError is thrown on, as a framework’s redirect must be', async () => {
  const redirect = Object.assign(new Error('NEXT_REDIRECT'), { digest: 'NEXT_REDIRECT;/' });
  await expect(safe(Promise.reject(redirect))).rejects.toBe(redirect);
});
