// Facts from changelogs and issue threads of comparable libraries, each kept from happening here.
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { CRPCError } from '../errors/crpc-error.ts';
import { initCRPC } from './init.ts';
import { invoke, invokeError } from './invoke.fixture.ts';

const c = initCRPC.create();

test('middleware that wraps next() in try/finally sees the error and the true duration', async () => {
  const seen: { code?: string; waited?: boolean } = {};
  let isDone = false;
  const procedure = c.query
    .use(async ({ next }) => {
      try {
        return await next();
      } catch (error) {
        seen.code = (error as CRPCError).code;
        throw error;
      } finally {
        seen.waited = isDone;
      }
    })
    .query(async () => {
      await new Promise((resolve) => setTimeout(resolve, 5));
      isDone = true;
      throw new CRPCError({ code: 'CONFLICT' });
    });
  expect(await invokeError(procedure)).toMatchObject({ code: 'CONFLICT' });
  expect(seen).toEqual({ code: 'CONFLICT', waited: true });
});

describe('schemas run exactly once', () => {
  const twice = (count: () => void) => (value: string) => {
    count();
    return `${value}${value}`;
  };

  test('an input with a transform', async () => {
    let runs = 0;
    const procedure = c.query
      .input(z.object({ a: z.string().transform(twice(() => runs++)) }))
      .query(({ input }) => input.a);
    expect(await invoke(procedure, { a: 'x' })).toBe('xx');
    expect(runs).toBe(1);
  });

  test('an output with an asynchronous refinement, before it is encoded', async () => {
    const seen: unknown[] = [];
    const at = new Date(7);
    const procedure = c.query
      .output(z.object({ at: z.date().refine(async (value) => seen.push(value) > 0) }))
      .query(() => ({ at }));
    expect(await invoke(procedure)).toEqual({ at });
    expect(seen).toEqual([at]);
  });

  test('a refinement that gives a promise without being an async function', async () => {
    let runs = 0;
    const procedure = c.query
      .input(z.object({ a: z.string().refine(() => Promise.resolve(++runs > 0)) }))
      .query(({ input }) => input.a);
    expect(await invoke(procedure, { a: 'x' })).toBe('x');
    expect(runs).toBe(1);
  });
});

test('middleware typed on a query context does not take db.insert away from mutations', async () => {
  const shared = c.middleware(async ({ ctx, next }) => next({ ctx: { ...ctx, user: 'Ada' } }));
  const procedure = c.mutation
    .use(shared)
    .mutation(({ ctx }) => ({ user: ctx.user, canInsert: typeof ctx.db.insert }));
  const { _handler: run } = procedure as unknown as {
    _handler(ctx: object, args: object): Promise<unknown>;
  };
  const db = { insert: () => 'id' };
  expect(await run({ db }, {})).toEqual({ user: 'Ada', canInsert: 'function' });
});
