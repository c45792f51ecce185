import { ConvexError } from 'convex/values';
import { describe, expect, test, vi } from 'vitest';
import { z } from 'zod';
import { CRPCError } from '../errors/crpc-error.ts';
import { initCRPC } from './init.ts';
import { invoke, invokeError } from './invoke.fixture.ts';

const c = initCRPC.create();
describe('input', () => {
  test('schemas are merged, each runs once, and the handler sees what they made', async () => {
    const runs: string[] = [];
    const procedure = c.query
      .input(z.object({ a: z.string().transform((a) => (runs.push('a'), a.length)) }))
      .input(
        z.object({ b: z.number().refine(async () => runs.push('b') > 0), at: z.date().optional() }),
      )
      .query(({ input }) => input);
    const at = new Date(1);
    expect(await invoke(procedure, { a: 'xyz', b: 2, at })).toEqual({ a: 3, b: 2, at });
    expect(runs).toEqual(['a', 'b']);
  });

  test('what is wrong is told with path and code, from all schemas', async () => {
    const procedure = c.query
      .input(z.object({ email: z.email() }))
      .input(z.object({ tags: z.array(z.string().min(2)) }))
      .query(() => 'unreachable');
    expect(await invokeError(procedure, { email: 'x', tags: ['ok', 'n'] })).toMatchObject({
      code: 'BAD_REQUEST',
      message: 'Input does not fit its schema: email invalid_format, tags.1 too_small',
      data: { issues: [{ path: ['email'] }, { path: ['tags', 1], code: 'too_small' }] },
    });
  });

  test('without a schema the input is an empty object', async () => {
    expect(await invoke(c.query.query(({ input }) => input))).toEqual({});
  });
});

describe('output', () => {
  test('is parsed once, before it is encoded', async () => {
    let runs = 0;
    const output = z.object({
      at: z.date().refine(async () => ++runs > 0),
      n: z.number().default(5),
    });
    const procedure = c.query.output(output).query(() => ({ at: new Date(9) }));
    expect(await invoke(procedure)).toEqual({ at: new Date(9), n: 5 });
    expect(runs).toBe(1);
  });

  test('a failure names path and code, never the value', async () => {
    const procedure = c.query
      .output(z.object({ user: z.object({ age: z.number() }) }))
      .query(() => ({ user: { age: 'hunter2' as unknown as number } }));
    const data = await invokeError(procedure);
    expect(data).toMatchObject({
      code: 'INTERNAL_SERVER_ERROR',
      message: 'Output does not fit its schema: user.age invalid_type',
    });
    expect(JSON.stringify(data)).not.toContain('hunter2');
  });

  test('nothing is null', async () => {
    expect(await invoke(c.query.query(() => {}))).toBe(null);
    expect(await invoke(c.query.output(z.void()).query(() => {}))).toBe(null);
  });

  test('a value that cannot travel is named with its path, and no mistake of the caller', async () => {
    const procedure = c.query.query(() => ({ users: [new Map()] }));
    expect(await invokeError(procedure)).toMatchObject({
      code: 'INTERNAL_SERVER_ERROR',
      data: { path: 'users[0]' },
      message: expect.stringMatching(/^Cannot send users\[0\]: a Map has no form on the wire/),
    });
  });
});

describe('middleware', () => {
  test('runs after input, in order, and adds to the context', async () => {
    const log: unknown[] = [];
    const procedure = c.query
      .meta({ role: 'admin' })
      .use(async ({ input, getRawInput, meta, procedure: { type }, next }) => {
        log.push(input, getRawInput(), meta, type);
        return next({ ctx: { a: 1 } });
      })
      .input(z.object({ n: z.number().transform(String) }))
      .use(async ({ ctx, next }) => next({ ctx: { b: ctx.a + 1 } }))
      .query(({ ctx, input }) => ({ sum: ctx.a + ctx.b, n: input.n }));
    expect(await invoke(procedure, { n: 7 })).toEqual({ sum: 3, n: '7' });
    expect(log).toEqual([{ n: '7' }, { n: 7 }, { role: 'admin' }, 'query']);
  });

  test('try and finally around next() see the error and the end of the handler', async () => {
    const log: string[] = [];
    const procedure = c.query
      .use(async ({ next }) => {
        try {
          return await next();
        } catch (error) {
          log.push((error as CRPCError).code);
          throw error;
        } finally {
          log.push('finally');
        }
      })
      .query(async () => {
        await Promise.resolve();
        log.push('handler');
        throw new CRPCError({ code: 'CONFLICT' });
      });
    expect(await invokeError(procedure)).toMatchObject({ code: 'CONFLICT' });
    expect(log).toEqual(['handler', 'CONFLICT', 'finally']);
  });

  test('must return what next() returned', async () => {
    const procedure = c.query.use((async () => undefined) as never).query(() => 1);
    expect(await invokeError(procedure)).toMatchObject({
      message: 'A middleware must return what next() returned',
    });
  });

  test('a builder can be continued in many places', async () => {
    const base = c.query.use(async ({ next }) => next({ ctx: { base: true } }));
    const one = base
      .use(async ({ next }) => next({ ctx: { one: true } }))
      .query(({ ctx }) => keys(ctx));
    const two = base.query(({ ctx }) => keys(ctx));
    expect(await invoke(one)).toEqual(['base', 'one']);
    expect(await invoke(two)).toEqual(['base']);
  });
});

function keys(ctx: object): string[] {
  return Object.keys(ctx).filter((key) => key === 'base' || key === 'one');
}

test('context() adds to the context of its kind, anew for each call', async () => {
  let calls = 0;
  const own = initCRPC
    .context({ query: async (ctx) => ({ hasDb: 'db' in ctx, call: ++calls }) })
    .create();
  const procedure = own.query.query(({ ctx }) => ({ hasDb: ctx.hasDb, call: ctx.call }));
  expect(await invoke(procedure)).toEqual({ hasDb: true, call: 1 });
  expect(await invoke(procedure)).toEqual({ hasDb: true, call: 2 });
});

describe('errors', () => {
  test('a CRPCError travels with code, message and data, Dates included', async () => {
    const procedure = c.query.query(() => {
      throw new CRPCError({
        code: 'NOT_FOUND',
        message: 'gone',
        data: { at: new Date(3) },
        cause: 'secret',
      });
    });
    const data = await invokeError(procedure);
    expect(data).toEqual({
      __crpc: 1,
      code: 'NOT_FOUND',
      message: 'gone',
      data: { at: { __crpc_Date: 3 } },
    });
  });

  test('a user’s ConvexError passes as it is', async () => {
    const procedure = c.query.query(() => {
      throw new ConvexError({ mine: 1 });
    });
    expect(await invokeError(procedure)).toEqual({ mine: 1 });
  });

  test('of anything else nothing leaves, but the log has it', async () => {
    const log = vi.spyOn(console, 'error').mockImplementation(() => {});
    const failure = new TypeError('password is hunter2');
    const procedure = c.query.query(() => {
      throw failure;
    });
    expect(await invokeError(procedure)).toEqual({
      __crpc: 1,
      code: 'INTERNAL_SERVER_ERROR',
      message: 'Internal server error',
    });
    expect(log).toHaveBeenCalledExactlyOnceWith(failure);
    log.mockRestore();
  });
});

describe('what Convex sees', () => {
  test('genuine registered functions of each kind and visibility', () => {
    expect({ ...c.query.query(() => 1) }).toMatchObject({
      isQuery: true,
      isPublic: true,
    });
    expect({ ...c.mutation.internal().mutation(() => 1) }).toMatchObject({
      isMutation: true,
      isInternal: true,
    });
    expect({ ...c.action.meta({ a: 1 }).action(() => 1) }).toMatchObject({
      isAction: true,
      '~crpc': { type: 'action', visibility: 'public', meta: { a: 1 } },
    });
  });

  test('default meta is under the procedure’s own', () => {
    const own = initCRPC.meta<{ a: number; b: number }>().create({ defaultMeta: { a: 1, b: 1 } });
    expect({ ...own.query.meta({ b: 2 }).query(() => 1) }).toMatchObject({
      '~crpc': { meta: { a: 1, b: 2 } },
    });
  });

  test.each([
    [
      'output twice',
      () => (c.query.output(z.null()) as never as typeof c.query).output(z.null()),
      /once/,
    ],
    [
      'the wrong end',
      () => (c.query as never as typeof c.mutation).mutation(() => 1),
      /end it with \.query/,
    ],
    ['a primitive input', () => c.query.input(z.string()), /takes an object schema/],
    ['an optional output', () => c.query.output(z.number().optional()), /cannot be optional/],
  ])('%s is refused when it is defined', (_, define, problem) => {
    expect(define).toThrow(problem);
  });
});
