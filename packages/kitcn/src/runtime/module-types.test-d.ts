import type { GenericActionCtx, GenericMutationCtx, GenericQueryCtx } from 'convex/server';
import { queryGeneric } from 'convex/server';
import type { GenericDataModel } from 'convex/server';
import { v } from 'convex/values';
import { expectTypeOf } from 'vitest';
import { z } from 'zod';
import type { TypeMessage } from '../procedure/type-message.ts';
import { initCRPC } from '../procedure/init.ts';
import type { NoInput } from '../procedure/procedure-types.ts';
import type {
  ActionCallerCtx,
  MutationCallerCtx,
  MutationHandlerCtx,
  QueryCallerCtx,
  QueryHandlerCtx,
} from './context-kind.ts';
import { requireActionCtx, requireSchedulerCtx } from './context-kind.ts';
import type {
  CallerFunction,
  HandlerFunction,
  ScheduledId,
  ScheduleFunction,
} from './module-types.ts';

type QueryCtx = GenericQueryCtx<GenericDataModel>;
type MutationCtx = GenericMutationCtx<GenericDataModel>;
type ActionCtx = GenericActionCtx<GenericDataModel>;

const c = initCRPC.create();
const open = c.query
  .input(z.object({ n: z.string().transform(Number) }))
  .output(z.object({ at: z.date().transform(String) }))
  .query(() => ({ at: new Date() }));
const signedIn = c.query
  .use(async ({ next }) => next({ ctx: { user: { name: 'Ada' } } }))
  .query(({ ctx }) => ctx.user);
const coerced = c.mutation.output(z.coerce.string()).mutation((): unknown => 7);
const quiet = c.action.action(async () => {});
const plain = queryGeneric({ args: { n: v.number() }, handler: async (_, { n }) => n > 0 });

// A handler takes parsed input and gives what it returns; a caller crosses both schemas.
expectTypeOf<HandlerFunction<typeof open, QueryCtx>>().toEqualTypeOf<
  (input: { n: number }) => Promise<{ at: Date }>
>();
expectTypeOf<HandlerFunction<typeof open, MutationCtx>>().toEqualTypeOf<
  (input: { n: number }) => Promise<{ at: Date }>
>();
expectTypeOf<CallerFunction<typeof open>>().toEqualTypeOf<
  (input: { n: string }) => Promise<{ at: string }>
>();
expectTypeOf<ScheduleFunction<typeof open>>().toEqualTypeOf<
  (input: { n: string }) => Promise<ScheduledId>
>();

// A handler behind middleware needs what the middleware adds.
expectTypeOf<HandlerFunction<typeof signedIn, QueryCtx>>().toExtend<TypeMessage<string>>();
expectTypeOf<
  HandlerFunction<typeof signedIn, QueryCtx & { user: { name: string } }>
>().toEqualTypeOf<(input?: NoInput) => Promise<{ name: string }>>();
expectTypeOf<CallerFunction<typeof signedIn>>().toEqualTypeOf<
  (input?: NoInput) => Promise<{ name: string }>
>();

// What is unknown on one side only is unknown there, and what returns nothing gives null.
expectTypeOf<HandlerFunction<typeof coerced, MutationCtx>>().toEqualTypeOf<
  (input?: NoInput) => Promise<unknown>
>();
expectTypeOf<CallerFunction<typeof coerced>>().toEqualTypeOf<
  (input?: NoInput) => Promise<string>
>();
expectTypeOf<CallerFunction<typeof quiet>>().toEqualTypeOf<(input?: NoInput) => Promise<null>>();

// Functions made by Convex's own builders are callable too.
expectTypeOf<CallerFunction<typeof plain>>().toEqualTypeOf<
  (input: { n: number }) => Promise<boolean>
>();

expectTypeOf<HandlerFunction<typeof plain, QueryCtx>>().toEqualTypeOf<
  (input: { n: number }) => Promise<boolean>
>();

// Which context is enough for what.
expectTypeOf<QueryCtx>().toExtend<QueryCallerCtx & QueryHandlerCtx>();
expectTypeOf<QueryCtx>().not.toExtend<MutationCallerCtx>();
expectTypeOf<QueryCtx>().not.toExtend<MutationHandlerCtx>();
expectTypeOf<MutationCtx>().toExtend<MutationCallerCtx & MutationHandlerCtx>();
expectTypeOf<MutationCtx>().not.toExtend<ActionCallerCtx>();
expectTypeOf<ActionCtx>().toExtend<ActionCallerCtx>();
expectTypeOf<ActionCtx>().not.toExtend<QueryHandlerCtx>();

// Guards narrow a union to its capable members and leave a single context as it is.
declare const mutation: MutationCtx;
declare const any: QueryCtx | MutationCtx | ActionCtx;
expectTypeOf(requireSchedulerCtx(mutation)).toEqualTypeOf<MutationCtx>();
expectTypeOf(requireSchedulerCtx(any)).toEqualTypeOf<MutationCtx | ActionCtx>();
expectTypeOf(requireActionCtx(any)).toEqualTypeOf<ActionCtx>();
