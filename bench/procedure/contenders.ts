import { call, os } from '@orpc/server';
import { initTRPC } from '@trpc/server';
import { initCRPC as initBetter } from 'better-convex/server';
import { z } from 'zod';
import { createCallChain } from '../../packages/kitcn/src/procedure/call-chain.ts';
import type { ProcedureInfo } from '../../packages/kitcn/src/procedure/definition.ts';
import { initCRPC } from '../../packages/kitcn/src/procedure/init.ts';

/** One way to write the same procedure. */
export interface Contender {
  name: string;
  /** Defines it from new schemas, which all contenders need. */
  define(middlewares: boolean): unknown;
  /** A function that runs it once. */
  prepare(middlewares: boolean): () => Promise<unknown>;
}

export const ARGS = { id: 'a1', count: 3, tags: ['x', 'y'] };
export const RESULT = { id: 'a1', total: 3, label: 'x' };

interface Input {
  id: string;
  count: number;
  tags: string[];
}

export const toInput = () =>
  z.object({ id: z.string(), count: z.number(), tags: z.array(z.string()) });
export const toOutput = () => z.object({ id: z.string(), total: z.number(), label: z.string() });

const toResult = ({ id, count, tags }: Input) => ({ id, total: count, label: tags[0] ?? '' });
const CTX = { db: {}, auth: {}, storage: {}, scheduler: {}, runQuery: async () => null };

interface Registered {
  '~crpc': ProcedureInfo;
  _handler(ctx: object, args: object): Promise<unknown>;
}

const byHand: Contender = {
  name: 'by hand',
  define: () => [toInput(), toOutput(), async () => {}],
  prepare(middlewares) {
    const input = toInput();
    const output = toOutput();
    const handler = async ({ input }: { ctx: object; input: Input }) => toResult(input);
    type Run = (options: { ctx: object; input: Input }) => Promise<unknown>;
    const around = (key: string, rest: Run): Run => {
      return async ({ ctx, input }) => {
        const next = async (added: object) => rest({ ctx: { ...ctx, ...added }, input });
        return next({ [key]: 1 });
      };
    };
    const run = middlewares ? around('a', around('b', around('c', handler))) : handler;
    return async () => output.parse(await run({ ctx: CTX, input: input.parse(ARGS) }));
  },
};

const c = initCRPC.create();

/** The others do not encode or decode here. */
const sameWire = {
  encode: (value: unknown) => value as never,
  decode: (value: unknown) => value,
  isOpaque: false,
};

const kitcn: Contender = {
  name: 'kitcn, wire apart',
  define: (middlewares) => withWire.define(middlewares),
  prepare(middlewares) {
    const { '~crpc': info } = this.define(middlewares) as Registered;
    const codec = { input: sameWire, output: sameWire } as unknown as ProcedureInfo['codec'];
    const run = createCallChain({ ...info, codec });
    return () => run(CTX, ARGS);
  },
};

const withWire: Contender = {
  name: 'kitcn',
  define: (middlewares) =>
    withMiddlewares(middlewares)
      .input(toInput())
      .output(toOutput())
      .query(async ({ input }) => toResult(input)),
  prepare(middlewares) {
    const procedure = this.define(middlewares) as Registered;
    return () => procedure._handler(CTX, ARGS);
  },
};

function withMiddlewares(middlewares: boolean) {
  if (!middlewares) return c.query;
  return c.query
    .use(async ({ next }) => next({ ctx: { a: 1 } }))
    .use(async ({ next }) => next({ ctx: { b: 1 } }))
    .use(async ({ next }) => next({ ctx: { c: 1 } })) as unknown as typeof c.query;
}

const better: Contender = {
  name: 'better-convex 0.11',
  define(middlewares) {
    const builder = initBetter.create();
    const base = middlewares
      ? builder.query
          .use(({ ctx, next }) => next({ ctx: { ...ctx, a: 1 } }))
          .use(({ ctx, next }) => next({ ctx: { ...ctx, b: 1 } }))
          .use(({ ctx, next }) => next({ ctx: { ...ctx, c: 1 } }))
      : builder.query;
    return (base as typeof builder.query)
      .input(toInput())
      .output(toOutput())
      .query(async ({ input }) => toResult(input));
  },
  prepare(middlewares) {
    const procedure = this.define(middlewares) as unknown as Registered;
    return () => procedure._handler(CTX, ARGS);
  },
};

const orpc: Contender = {
  name: 'oRPC',
  define(middlewares) {
    const base = os.$context<object>();
    const used = middlewares
      ? base
          .use(({ next }) => next({ context: { a: 1 } }))
          .use(({ next }) => next({ context: { b: 1 } }))
          .use(({ next }) => next({ context: { c: 1 } }))
      : base;
    return (used as typeof base)
      .input(toInput())
      .output(toOutput())
      .handler(async ({ input }) => toResult(input));
  },
  prepare(middlewares) {
    const procedure = this.define(middlewares) as Parameters<typeof call>[0];
    return () => call(procedure, ARGS, { context: CTX });
  },
};

const t = initTRPC.context<object>().create();

const trpc: Contender = {
  name: 'tRPC',
  define(middlewares) {
    const used = middlewares
      ? t.procedure
          .use(({ next }) => next({ ctx: { a: 1 } }))
          .use(({ next }) => next({ ctx: { b: 1 } }))
          .use(({ next }) => next({ ctx: { c: 1 } }))
      : t.procedure;
    return (used as typeof t.procedure)
      .input(toInput())
      .output(toOutput())
      .query(async ({ input }) => toResult(input));
  },
  prepare(middlewares) {
    const run = this.define(middlewares) as ReturnType<typeof typedTrpc>;
    const caller = t.createCallerFactory(t.router({ run }))(CTX);
    return () => caller.run(ARGS);
  },
};

/** For its type alone. */
function typedTrpc() {
  return t.procedure
    .input(toInput())
    .output(toOutput())
    .query(async ({ input }) => toResult(input));
}

export const BASELINE = byHand.name;
export const CONTENDERS: readonly Contender[] = [byHand, kitcn, withWire, orpc, trpc, better];
