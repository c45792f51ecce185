import { describe, expect, test } from 'vitest';
import { ERROR_STATUS, httpStatus, isErrorCode } from './codes.ts';
import { CRPCError, isCRPCError } from './crpc-error.ts';

test('the code table', () => {
  expect(ERROR_STATUS).toMatchInlineSnapshot(`
    {
      "BAD_GATEWAY": 502,
      "BAD_REQUEST": 400,
      "CLIENT_CLOSED_REQUEST": 499,
      "CONFLICT": 409,
      "FORBIDDEN": 403,
      "GATEWAY_TIMEOUT": 504,
      "INTERNAL_SERVER_ERROR": 500,
      "METHOD_NOT_SUPPORTED": 405,
      "NOT_FOUND": 404,
      "NOT_IMPLEMENTED": 501,
      "PARSE_ERROR": 400,
      "PAYLOAD_TOO_LARGE": 413,
      "PAYMENT_REQUIRED": 402,
      "PRECONDITION_FAILED": 412,
      "PRECONDITION_REQUIRED": 428,
      "SERVICE_UNAVAILABLE": 503,
      "TIMEOUT": 408,
      "TOO_MANY_REQUESTS": 429,
      "UNAUTHORIZED": 401,
      "UNPROCESSABLE_CONTENT": 422,
      "UNSUPPORTED_MEDIA_TYPE": 415,
    }
  `);
  expect(httpStatus('FORBIDDEN')).toBe(403);
  expect(httpStatus('OUT_OF_STOCK')).toBe(500);
  expect(isErrorCode('NOT_FOUND')).toBe(true);
  expect(isErrorCode('toString')).toBe(false);
});

describe('CRPCError', () => {
  test('its message defaults to the code, its origin to the function', () => {
    const error = new CRPCError({ code: 'NOT_FOUND' });
    expect(error).toMatchObject({
      name: 'CRPCError',
      message: 'NOT_FOUND',
      origin: 'function',
      data: undefined,
    });
    expect(error).toBeInstanceOf(Error);
    expect('cause' in error).toBe(false);
  });

  test('its status is that of its code, or the one it was given with another code', () => {
    expect(new CRPCError({ code: 'NOT_FOUND' }).status).toBe(404);
    expect(new CRPCError({ code: 'NOT_FOUND', status: 409 }).status).toBe(404);
    expect(new CRPCError({ code: 'OUT_OF_STOCK', status: 409 }).status).toBe(409);
    expect(new CRPCError({ code: 'OUT_OF_STOCK' }).status).toBe(500);
  });

  test('the guard holds for another copy of the class, and for nothing else', () => {
    const copy = Object.assign(new Error('x'), { [Symbol.for('kitcn.CRPCError')]: true });
    expect(isCRPCError(new CRPCError({ code: 'CONFLICT' }))).toBe(true);
    expect(isCRPCError(copy)).toBe(true);
    for (const other of [new Error('x'), null, undefined, 'NOT_FOUND', { code: 'NOT_FOUND' }]) {
      expect(isCRPCError(other)).toBe(false);
    }
  });
});
