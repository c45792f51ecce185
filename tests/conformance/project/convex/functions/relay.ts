import { CRPCError, isCRPCError } from 'kitcn/crpc';
import { z } from 'zod';
import { c } from '../lib/crpc';
import { createSchemasCaller } from './generated/schemas.runtime';
import { createTargetCaller, createTargetHandler } from './generated/target.runtime';

const call = z.object({
  value: z.any(),
  kind: z.enum(['crpc', 'convex', 'other']).optional(),
});

/** What a call inside Convex gave: its result, or what the caller could see of its error. */
interface Outcome {
  result?: unknown;
  error?: { isCRPCError: boolean; code?: string; message: string; data?: unknown };
}

async function outcome(run: () => Promise<unknown>): Promise<Outcome> {
  try {
    return { result: await run() };
  } catch (error) {
    const { message } = error as Error;
    if (!isCRPCError(error)) return { error: { isCRPCError: false, message } };
    const { code, data } = error;
    return { error: { isCRPCError: error instanceof CRPCError, code, message, data } };
  }
}

export const handlerInQuery = c.query.input(call).query(({ ctx, input: { kind, value } }) => {
  const handler = createTargetHandler(ctx);
  return outcome(() => (kind ? handler.failQuery({ kind }) : handler.echo({ value })));
});

export const handlerInMutation = c.mutation
  .input(call)
  .mutation(({ ctx, input: { kind, value } }) => {
    const handler = createTargetHandler(ctx);
    return outcome(() => (kind ? handler.failMutation({ kind }) : handler.echoMutation({ value })));
  });

export const callerInQuery = c.query.input(call).query(({ ctx, input: { kind, value } }) => {
  const caller = createTargetCaller(ctx);
  return outcome(() => (kind ? caller.failQuery({ kind }) : caller.echo({ value })));
});

export const callerInMutation = c.mutation
  .input(call)
  .mutation(({ ctx, input: { kind, value } }) => {
    const caller = createTargetCaller(ctx);
    return outcome(() => (kind ? caller.failMutation({ kind }) : caller.echoMutation({ value })));
  });

export const callerInAction = c.action.input(call).action(({ ctx, input: { kind, value } }) => {
  const { actions } = createTargetCaller(ctx);
  return outcome(() => (kind ? actions.failAction({ kind }) : actions.echoAction({ value })));
});

/** Arguments as a caller that the compiler did not check would send them. */
const unchecked = z.object({ args: z.any() });

export const strictInQuery = c.query
  .input(unchecked)
  .query(({ ctx, input }) => outcome(() => createTargetCaller(ctx).strict(input.args)));

export const strictInAction = c.action
  .input(unchecked)
  .action(({ ctx, input }) => outcome(() => createTargetCaller(ctx).strictMutation(input.args)));

export const strictScheduled = c.mutation
  .input(unchecked)
  .mutation(({ ctx, input }) =>
    outcome(() => createTargetCaller(ctx).schedule.now.strictMutation(input.args)),
  );

/** A nested mutation that fails and is caught leaves no writes; what surrounds it stays. */
export const catchNested = c.mutation.mutation(async ({ ctx }) => {
  const caller = createTargetCaller(ctx);
  await caller.addNote({ text: 'before' });
  const nested = await outcome(() => caller.addNote({ text: 'lost', fails: true }));
  await caller.addNote({ text: 'after' });
  return nested.error?.code;
});

/** Nested mutations that run side by side: each is its own sub-transaction all the same. */
export const nestedTogether = c.mutation.mutation(async ({ ctx }) => {
  const caller = createTargetCaller(ctx);
  const results = await Promise.allSettled([
    caller.addNote({ text: 'one' }),
    caller.addNote({ text: 'lost too', fails: true }),
    caller.addNote({ text: 'two' }),
  ]);
  return results.map(({ status }) => status);
});

/** Fails as what it calls does. */
export const schemasInQuery = c.query
  .input(
    z.object({ name: z.enum(['withValibot', 'withArkType', 'withValidators']), args: z.any() }),
  )
  .output(z.any())
  .query(({ ctx, input }) => createSchemasCaller(ctx)[input.name](input.args));
