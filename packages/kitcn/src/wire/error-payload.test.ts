import { convexToJson, jsonToConvex } from 'convex/values';
import { expect, test } from 'vitest';
import { CRPCError } from '../errors/crpc-error.ts';
import { createCodec } from './codec.ts';
import { toErrorPayload, tryFromErrorPayload } from './error-payload.ts';

const { output } = createCodec();

test('code, message and data arrive, Dates included; a cause stays', () => {
  const data = { id: 'x', at: new Date(4), __crpc_Date: 1 };
  const error = new CRPCError({ code: 'NOT_FOUND', message: 'gone', data, cause: 'secret' });
  const sent = JSON.stringify(convexToJson(toErrorPayload(error, output)));
  expect(sent).not.toContain('secret');
  const revived = tryFromErrorPayload(jsonToConvex(JSON.parse(sent)), output);
  expect(revived).toMatchObject({ code: 'NOT_FOUND', message: 'gone', origin: 'function' });
  expect(revived?.data).toEqual(data);
});

test('data that cannot travel is named with its path, never left out in silence', () => {
  const error = new CRPCError({ code: 'CONFLICT', data: { deep: [new WeakMap()] } });
  const revived = tryFromErrorPayload(toErrorPayload(error, output), output);
  expect(revived).toMatchObject({
    code: 'INTERNAL_SERVER_ERROR',
    message: expect.stringContaining(
      'CONFLICT error cannot travel. Cannot send deep[0]: a WeakMap',
    ),
    data: { path: 'deep[0]' },
  });
});

test('a code that this version does not know is an internal error', () => {
  const revived = tryFromErrorPayload({ __crpc: 1, code: 'NEW', message: 'm' }, output);
  expect(revived).toMatchObject({ code: 'INTERNAL_SERVER_ERROR', message: 'm' });
});

test('data of a user’s own ConvexError is not taken for ours', () => {
  for (const data of [{ code: 'NOT_FOUND', message: 'm' }, 'text', null, undefined]) {
    expect(tryFromErrorPayload(data, output)).toBeUndefined();
  }
});
