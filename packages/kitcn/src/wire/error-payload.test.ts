import { convexToJson, jsonToConvex } from 'convex/values';
import { expect, test } from 'vitest';
import { CRPCError } from '../errors/crpc-error.ts';
import { createCodec } from './codec.ts';
import { tryFromErrorPayload } from './error-payload.ts';
import { toErrorPayload } from './to-error-payload.ts';

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

test('a code that the receiver does not know keeps its name and brings its status', () => {
  const error = new CRPCError({ code: 'OUT_OF_STOCK', status: 409, data: { left: 0 } });
  const sent = toErrorPayload(error, output);
  expect(sent).toEqual({
    __crpc: 1,
    code: 'OUT_OF_STOCK',
    message: 'OUT_OF_STOCK',
    status: 409,
    data: { left: 0 },
  });
  expect(tryFromErrorPayload(sent, output)).toMatchObject({
    code: 'OUT_OF_STOCK',
    status: 409,
    data: { left: 0 },
  });
});

test.each([undefined, null, 200, 600, 409.5, '409'])('the status %s is none', (status) => {
  const payload = { __crpc: 1, code: 'NEW', message: 'm', status };
  expect(tryFromErrorPayload(payload, output)).toMatchObject({ code: 'NEW', status: 500 });
});

test('a code of the table has the status of the table', () => {
  expect(toErrorPayload(new CRPCError({ code: 'NOT_FOUND' }), output)).not.toHaveProperty('status');
  const payload = { __crpc: 1, code: 'NOT_FOUND', message: 'm', status: 500 };
  expect(tryFromErrorPayload(payload, output)).toMatchObject({ status: 404 });
});

test('data of a user’s own ConvexError is not taken for ours', () => {
  for (const data of [{ code: 'NOT_FOUND', message: 'm' }, 'text', null, undefined]) {
    expect(tryFromErrorPayload(data, output)).toBeUndefined();
  }
});
