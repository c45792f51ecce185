import { v } from 'convex/values';
import { describe, expect, test, vi } from 'vitest';
import { z } from 'zod';
import { CRPCError } from '../errors/crpc-error.ts';
import type { ErrorDeclarations } from './error-types.ts';
import { initCRPC } from './init.ts';
import { invoke, invokeError } from './invoke.fixture.ts';
import { isDeclaredError } from './is-declared-error.ts';
import type { StandardSchema } from './schema.ts';

const c = initCRPC.create();
const shop = c.query.errors({
  OUT_OF_STOCK: { status: 409, data: z.object({ left: z.number() }) },
  EXPIRED: { status: 410, message: 'The offer has expired' },
});

function thrownBy(run: () => unknown): unknown {
  try {
    run();
  } catch (error) {
    return error;
  }
  return expect.fail('did not throw');
}

describe('what a declared error says', () => {
  test('code, status, message and data', async () => {
    const buy = shop.query(({ errors }) => {
      throw errors.OUT_OF_STOCK({ left: 0 });
    });
    expect(await invokeError(buy)).toEqual({
      __crpc: 1,
      code: 'OUT_OF_STOCK',
      message: 'OUT_OF_STOCK',
      status: 409,
      data: { left: 0 },
    });
  });

  test('a message of its own, and a cause that stays', async () => {
    const buy = shop.query(({ errors }) => {
      const error = errors.EXPIRED(undefined, { message: 'Too late', cause: 'secret' });
      expect(error).toBeInstanceOf(CRPCError);
      expect(error.cause).toBe('secret');
      throw error;
    });
    expect(await invokeError(buy)).toEqual({
      __crpc: 1,
      code: 'EXPIRED',
      message: 'Too late',
      status: 410,
    });
    const late = shop.query(({ errors }) => {
      throw errors.EXPIRED();
    });
    expect(await invokeError(late)).toMatchObject({ message: 'The offer has expired' });
  });

  test('data as its schema makes it, once', async () => {
    const at = z.string().transform((text) => new Date(text));
    const buy = c.query
      .errors({ CLOSED: { status: 423, data: z.object({ until: at }) } })
      .query(({ errors }) => {
        throw errors.CLOSED({ until: '2026-01-01' });
      });
    expect(await invokeError(buy)).toMatchObject({
      data: { until: { __crpc_Date: Date.UTC(2026, 0, 1) } },
    });
  });

  test('middleware has them too, standing alone or not, whatever is declared below it', async () => {
    const declarations = { BANNED: { status: 403, data: v.object({ by: v.string() }) } } as const;
    const unbanned = c.middleware<object, typeof declarations>()(async ({ errors }) => {
      throw errors.BANNED({ by: 'Ada' });
    });
    const base = c.query.errors(declarations);
    const own = base.use(async ({ errors }) => {
      throw errors.BANNED({ by: 'Bob' });
    });
    const later = { LATER: { status: 400 } };
    for (const [builder, by] of [
      [base.use(unbanned), 'Ada'],
      [base.use(unbanned.pipe(unbanned)), 'Ada'],
      [own, 'Bob'],
    ] as const) {
      const sent = await invokeError(builder.errors(later).query(() => null));
      expect(sent).toMatchObject({ code: 'BANNED', status: 403, data: { by } });
    }
  });
});

describe('data that does not fit is named at the throw, and nothing of it is sent', () => {
  const standard: StandardSchema<{ left: number }> = {
    '~standard': {
      version: 1,
      vendor: 'a test',
      validate: () => ({ issues: [{ message: 'hunter2 is no number', path: ['left'] }] }),
    },
  };
  test.each([
    ['Zod', z.object({ left: z.number() }), 'left invalid_type'],
    ['Convex', v.object({ left: v.number() }), 'left invalid_type'],
    ['another library', standard, 'left custom'],
  ])('a schema of %s', async (_, data, problem) => {
    const buy = c.query.errors({ OUT_OF_STOCK: { status: 409, data } }).query(({ errors }) => {
      const make = errors.OUT_OF_STOCK as (unfit: unknown) => CRPCError;
      throw make({ left: 'hunter2' });
    });
    expect(await invokeError(buy)).toEqual({
      __crpc: 1,
      code: 'INTERNAL_SERVER_ERROR',
      message: `Data of the error OUT_OF_STOCK does not fit its schema: ${problem}`,
    });
  });

  test('data that is not declared', async () => {
    const buy = shop.query(({ errors }) => {
      throw (errors.EXPIRED as (unfit: unknown) => CRPCError)({ at: 'hunter2' });
    });
    expect(await invokeError(buy)).toEqual({
      __crpc: 1,
      code: 'INTERNAL_SERVER_ERROR',
      message: 'Data of the error EXPIRED is not declared',
    });
  });

  test('an asynchronous schema', async () => {
    const data = z.string().refine(async () => Promise.reject(new Error('later')));
    const buy = c.query.errors({ SLOW: { status: 400, data } }).query(({ errors }) => {
      throw errors.SLOW('x');
    });
    expect(await invokeError(buy)).toMatchObject({
      code: 'INTERNAL_SERVER_ERROR',
      message: 'Data of the error SLOW needs a synchronous schema',
    });
  });

  test('a schema that throws', async () => {
    const logged = vi.spyOn(console, 'error').mockReturnValue();
    const data = z.string().refine(() => {
      throw new TypeError('hunter2');
    });
    const buy = c.query.errors({ BROKEN: { status: 400, data } }).query(() => {
      throw new CRPCError({ code: 'BROKEN', data: 'x' });
    });
    await expect(invokeError(buy)).resolves.toEqual({
      __crpc: 1,
      code: 'INTERNAL_SERVER_ERROR',
      message: 'Internal server error',
    });
    expect(logged).toHaveBeenCalledOnce();
  });
});

describe('an error with a declared code that was made by hand', () => {
  const throwing = (data: unknown): unknown =>
    shop.query(() => {
      throw new CRPCError({ code: 'OUT_OF_STOCK', message: 'none', data });
    });

  test('gets the status of the declaration if its data fits', async () => {
    expect(await invokeError(throwing({ left: 0 }))).toEqual({
      __crpc: 1,
      code: 'OUT_OF_STOCK',
      message: 'none',
      status: 409,
      data: { left: 0 },
    });
  });

  test('is refused if it does not', async () => {
    expect(await invokeError(throwing({ left: 'none' }))).toMatchObject({
      code: 'INTERNAL_SERVER_ERROR',
      message: 'Data of the error OUT_OF_STOCK does not fit its schema: left invalid_type',
    });
  });
});

test('an error of a declaration that is shared is not checked twice', async () => {
  let checks = 0;
  const data = z.string().transform((text) => `${text}${(checks += 1)}`);
  const base = c.query.errors({ SHARED: { status: 400, data } });
  let make: (data: string) => CRPCError = () => expect.fail('not yet');
  const inner = base.query(({ errors }) => void (make = errors.SHARED));
  const outer = base.name('outer').query(() => {
    throw make('x');
  });
  await invoke(inner);
  expect(await invokeError(outer)).toMatchObject({ data: 'x1' });
});

describe('what cannot be declared', () => {
  test.each<[string, ErrorDeclarations]>([
    ['a code of the table', { NOT_FOUND: { status: 404 } }],
    ['a code twice', { EXPIRED: { status: 410 } }],
    ['a code that is no name', { 'out of stock': { status: 409 } }],
    ['a prototype', JSON.parse('{ "__proto__": { "status": 400 } }') as ErrorDeclarations],
    ['a status of success', { DONE: { status: 200 } }],
    ['a status that HTTP lacks', { ODD: { status: 600 } }],
    ['a broken status', { HALF: { status: 409.5 } }],
  ])('%s', (_, declarations) => {
    const thrown = thrownBy(() => shop.errors(declarations as never));
    expect(thrown).toBeInstanceOf(CRPCError);
    expect((thrown as Error).message).toContain(Object.keys(declarations)[0]);
  });

  test('a name that every object has is free', () => {
    expect(() => shop.errors({ toString: { status: 400 } })).not.toThrow();
  });
});

test('isDeclaredError goes by the codes of a function or of a leaf of api', () => {
  const buy = shop.query(() => null);
  const leaf = { '~crpc': { type: 'query', meta: undefined, errors: { OUT_OF_STOCK: 409 } } };
  const error = new CRPCError({ code: 'OUT_OF_STOCK' });
  expect(isDeclaredError(error, buy)).toBe(true);
  expect(isDeclaredError(error, leaf)).toBe(true);
  expect(isDeclaredError(new CRPCError({ code: 'EXPIRED' }), leaf)).toBe(false);
  expect(isDeclaredError(new CRPCError({ code: 'NOT_FOUND' }), buy)).toBe(false);
  expect(isDeclaredError({ code: 'OUT_OF_STOCK' }, buy)).toBe(false);
  expect(
    isDeclaredError(
      error,
      c.query.query(() => null),
    ),
  ).toBe(false);
  expect(isDeclaredError(error, { '~crpc': {} })).toBe(false);
  expect(isDeclaredError(error, { isConvexFunction: true })).toBe(false);
});
