import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { CRPCError } from '../errors/crpc-error.ts';
import { initCRPC } from './init.ts';
import { invoke, invokeError } from './invoke.fixture.ts';

const c = initCRPC.create();

describe('next()', () => {
  test('lays what it is given over the input, for what follows', async () => {
    const procedure = c.query
      .input(z.object({ name: z.string(), n: z.number() }))
      .use(async ({ input, next }) => next({ input: { name: input.name.trim() } }))
      .use(async ({ input, next }) => next({ ctx: { seen: input.name } }))
      .query(({ ctx, input }) => ({ seen: ctx.seen, ...input }));
    expect(await invoke(procedure, { name: ' a ', n: 1 })).toEqual({ seen: 'a', name: 'a', n: 1 });
  });

  test('of a middleware that throws before it waits rejects', async () => {
    const caught: unknown[] = [];
    const procedure = c.query
      .use(({ next }) =>
        next().catch((error: unknown) => {
          caught.push(error);
          throw error;
        }),
      )
      .use(() => {
        throw new CRPCError({ code: 'CONFLICT' });
      })
      .query(() => 1);
    await invoke(procedure).catch(() => {});
    expect(caught).toMatchObject([{ code: 'CONFLICT' }]);
  });

  test('leaves the context as it is when it is given the context itself', async () => {
    const seen: object[] = [];
    const procedure = c.query
      .use(async ({ ctx, next }) => (seen.push(ctx), next({ ctx })))
      .use(async ({ ctx, next }) => (seen.push(ctx), next()))
      .query(({ ctx }) => (seen.push(ctx), 1));
    await invoke(procedure);
    expect(seen[1]).toBe(seen[0]);
    expect(seen[2]).toBe(seen[0]);
  });
});

describe('a middleware on its own', () => {
  const a = c.middleware<object>()(async ({ next }) => next({ ctx: { a: 1 } }));
  const b = c.middleware<{ a: number }>()(async ({ ctx, next }) => next({ ctx: { b: ctx.a + 1 } }));

  test('is piped into the next, which sees what the first added', async () => {
    const procedure = c.query.use(a.pipe(b)).query(({ ctx }) => ({ a: ctx.a, b: ctx.b }));
    expect(await invoke(procedure)).toEqual({ a: 1, b: 2 });
  });

  test('is left as it was by pipe()', async () => {
    a.pipe(b);
    const procedure = c.query.use(a).query(({ ctx }) => 'b' in ctx);
    expect(await invoke(procedure)).toBe(false);
  });

  test('wraps in the order of the pipe', async () => {
    const log: string[] = [];
    const note = (name: string) =>
      c.middleware<object>()(async ({ next }) => {
        log.push(`${name} in`);
        try {
          return await next();
        } finally {
          log.push(`${name} out`);
        }
      });
    const procedure = c.query.use(note('x').pipe(note('y')).pipe(note('z'))).query(() => {
      throw new CRPCError({ code: 'CONFLICT' });
    });
    expect(await invokeError(procedure)).toMatchObject({ code: 'CONFLICT' });
    expect(log).toEqual(['x in', 'y in', 'z in', 'z out', 'y out', 'x out']);
  });

  test('serves queries, mutations and actions alike', () => {
    for (const procedure of [
      c.query.use(a).query(({ ctx }) => ctx.a),
      c.mutation.use(a).mutation(({ ctx }) => ctx.a),
      c.action.use(a).action(({ ctx }) => ctx.a),
    ]) {
      expect(procedure).toBeTypeOf('function');
    }
  });
});

describe('procedure.name', () => {
  const named = c.query.use(async ({ procedure, next }) => next({ ctx: { own: procedure.name } }));
  type Handler = { _handler(ctx: object, args: object): Promise<unknown> };
  const run = (procedure: unknown, ctx: object = {}) => (procedure as Handler)._handler(ctx, {});

  test('is what .name() was given', async () => {
    expect(await run(named.name('teams.list').query(({ ctx }) => ctx.own))).toBe('teams.list');
  });

  test('is what the host calls the function, asked once', async () => {
    let asked = 0;
    const getFunctionMetadata = async () => ({ name: `teams:list${++asked}` });
    const procedure = named.query(({ ctx }) => ctx.own);
    expect(await run(procedure, { meta: { getFunctionMetadata } })).toBe('teams:list1');
    expect(await run(procedure, { meta: { getFunctionMetadata } })).toBe('teams:list1');
  });

  test('is unknown where nothing tells it, and that is no failure', async () => {
    const getFunctionMetadata = () => Promise.reject(new Error('Unknown async operation'));
    const procedure = named.query(({ ctx }) => ctx.own);
    expect(await run(procedure)).toBe('unknown');
    expect(await run(procedure, { meta: { getFunctionMetadata } })).toBe('unknown');
  });
});
