import type { GenericDataModel, GenericMutationCtx } from 'convex/server';
import { v } from 'convex/values';
import { expectTypeOf } from 'vitest';
import { z } from 'zod';
import type { ApiFunction, DeclaringLeaf } from '../api/api-function.ts';
import type { ServerCaller } from '../caller/server-caller.ts';
import type { Snapshot } from '../caller/snapshot.ts';
import type { CRPCErrorCode } from '../errors/codes.ts';
import { CRPCError } from '../errors/crpc-error.ts';
import type { DeclaredError } from '../errors/declared-error.ts';
import { safe } from '../errors/safe.ts';
import type { CallerFunction, HandlerFunction } from '../runtime/module-types.ts';
import type { inferErrors } from './infer-types.ts';
import { initCRPC } from './init.ts';
import { isDeclaredError } from './is-declared-error.ts';
import type { StandardSchema } from './schema.ts';

const c = initCRPC.create();
const declarations = {
  OUT_OF_STOCK: { status: 409, data: z.object({ left: z.string().transform(Number) }) },
};

// What is thrown is typed by the schema's input, what is caught by its output.
const buy = c.mutation
  .errors(declarations)
  .errors({
    EXPIRED: { status: 410 },
    CLOSED: { status: 423, data: v.object({ until: v.number() }) },
    STRANGE: { status: 400, data: {} as StandardSchema<{ a: string }, { a: number }> },
    MAYBE: { status: 400, data: z.string().optional() },
  })
  .use(async ({ errors, next }) => {
    expectTypeOf(errors.EXPIRED).toBeCallableWith();
    return next();
  })
  .input(z.object({ id: z.string() }))
  .errors({ LATER: { status: 425 } })
  .output(z.number())
  .mutation(({ errors }) => {
    expectTypeOf(errors.OUT_OF_STOCK({ left: '1' })).toEqualTypeOf<
      DeclaredError<'OUT_OF_STOCK', { left: number }>
    >();
    expectTypeOf(errors.STRANGE({ a: '1' }).data).toEqualTypeOf<{ a: number }>();
    errors.LATER();
    errors.MAYBE();
    errors.MAYBE('a', { message: 'm', cause: 1 });
    errors.EXPIRED(undefined, { message: 'm' });
    // @ts-expect-error data is needed
    errors.CLOSED();
    // @ts-expect-error data of another type
    errors.CLOSED({ until: 'now' });
    // @ts-expect-error no data is declared
    errors.EXPIRED({ at: 1 });
    // @ts-expect-error no such error
    errors.MISSING();
    return 1;
  });

interface Errors {
  OUT_OF_STOCK: { left: number };
  EXPIRED: undefined;
  CLOSED: { until: number };
  STRANGE: { a: number };
  MAYBE: string | undefined;
  LATER: undefined;
}
expectTypeOf<inferErrors<typeof buy>>().branded.toEqualTypeOf<Errors>();
expectTypeOf<inferErrors<ApiFunction<typeof buy>>>().branded.toEqualTypeOf<Errors>();

// Codes of the table and codes that are declared already are refused with a message.
c.query.errors({
  // @ts-expect-error a code of the table
  NOT_FOUND: { status: 404 },
});
c.query.errors(declarations).errors({
  // @ts-expect-error declared already
  OUT_OF_STOCK: { status: 409 },
});

// A middleware that throws declared errors needs a builder that declares them.
const limited = c.middleware<object, typeof declarations>()(async ({ errors, next }) => {
  errors.OUT_OF_STOCK({ left: '1' });
  return next({ ctx: { isLimited: true } });
});
c.query.errors(declarations).use(limited);
// @ts-expect-error nothing declares them
c.query.use(limited);
// @ts-expect-error a middleware on its own has declared none
c.middleware(async ({ errors }) => errors.OUT_OF_STOCK());

// The guard narrows to a union by code.
declare const caught: unknown;
if (isDeclaredError(caught, buy)) {
  expectTypeOf(caught.code).toEqualTypeOf<keyof Errors>();
  if (caught.code === 'OUT_OF_STOCK') expectTypeOf(caught.data).toEqualTypeOf<{ left: number }>();
  if (caught.code === 'EXPIRED') expectTypeOf(caught.data).toEqualTypeOf<undefined>();
}
const plain = c.query.query(() => 1);
if (isDeclaredError(caught, plain)) expectTypeOf(caught).toBeNever();
// @ts-expect-error no procedure
isDeclaredError(caught, {});

// Every caller's promise knows the errors.
type Call = CallerFunction<typeof buy>;
type Leaf = DeclaringLeaf<'mutation', { id: string }, number, { OUT_OF_STOCK: { left: number } }>;
type Query = DeclaringLeaf<'query', { n?: number }, string, { EXPIRED: undefined }, 'internal'>;
declare const inProcess: Call;
declare const raw: HandlerFunction<typeof buy, GenericMutationCtx<GenericDataModel>>;
declare const remote: ServerCaller<{ shop: { buy: Leaf; offer: Query } }>;
declare const snapshot: Snapshot<{ shop: { offer: Query } }>;

async function useAll(): Promise<void> {
  const [error, data] = await safe(inProcess({ id: 'a' }));
  if (error === undefined) expectTypeOf(data).toEqualTypeOf<number>();
  else {
    expectTypeOf(data).toEqualTypeOf<undefined>();
    expectTypeOf(error).toExtend<CRPCError>();
    expectTypeOf(error.code).toEqualTypeOf<CRPCErrorCode | keyof Errors>();
    if (error.code === 'CLOSED') expectTypeOf(error.data).toEqualTypeOf<{ until: number }>();
    if (error.code === 'NOT_FOUND') expectTypeOf(error.data).toEqualTypeOf<unknown>();
  }
  const [failure] = await safe(raw({ id: 'a' }));
  if (failure?.code === 'CLOSED') expectTypeOf(failure.data).toEqualTypeOf<{ until: number }>();

  const [refusal, bought] = await safe(remote.shop.buy({ id: 'a' }, { timeoutMs: 5 }));
  expectTypeOf(bought).toEqualTypeOf<number | undefined>();
  if (refusal?.code === 'OUT_OF_STOCK') {
    expectTypeOf(refusal.data).toEqualTypeOf<{ left: number }>();
  }
  const [, skipped] = await safe(remote.shop.buy({ id: 'a' }, { skipUnauth: true }));
  expectTypeOf(skipped).toEqualTypeOf<number | null | undefined>();
  expectTypeOf(await remote.shop.offer()).toEqualTypeOf<string>();
  expectTypeOf(await remote.shop.offer({ n: 1 }, { retries: 1 })).toEqualTypeOf<string>();
  // @ts-expect-error the input is missing
  void remote.shop.buy();
  // @ts-expect-error a mutation is never sent twice by itself
  void remote.shop.buy({ id: 'a' }, { retries: 1 });

  const [settled] = await snapshot.settled((s) => [s.shop.offer()]);
  if (settled.status === 'rejected' && settled.reason.code === 'EXPIRED') {
    expectTypeOf(settled.reason.data).toEqualTypeOf<undefined>();
  }

  // Without declared errors nothing is known.
  const [unknown] = await safe(Promise.resolve(1));
  expectTypeOf(unknown).toEqualTypeOf<CRPCError | undefined>();
}
void useAll;

// A code may be any, and those of the table are offered.
expectTypeOf<CRPCErrorCode>().toExtend<CRPCError['code']>();
expectTypeOf(new CRPCError({ code: 'OUT_OF_STOCK', status: 409 })).toExtend<CRPCError>();
expectTypeOf<CallerFunction<typeof plain>>().returns.toEqualTypeOf<Promise<number>>();
