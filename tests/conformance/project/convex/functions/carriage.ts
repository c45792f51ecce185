import { CRPCError, isCRPCError } from 'kitcn/crpc';
import { z } from 'zod';
import { c } from '../lib/crpc';
import { createTargetCaller } from './generated/target.runtime';

/** What no codec knows, somewhere inside. */
function unsendable(): { deep: unknown[] } {
  return { deep: [1, new WeakMap()] };
}

/** Has validators, as a procedure has whose transformer is made of codecs. */
export const merge = c.query
  .input(z.object({ tags: z.set(z.string()), counts: z.map(z.string(), z.number()) }))
  .output(z.object({ tags: z.set(z.string()), counts: z.map(z.string(), z.number()) }))
  .query(({ input }) => ({ tags: new Set([...input.tags, 'merged']), counts: input.counts }));

export const result = c.query.query(() => unsendable());

export const errorData = c.query.query(() => {
  throw new CRPCError({ code: 'CONFLICT', data: { seen: new Map([['a', new Set([1])]]) } });
});

export const unsendableErrorData = c.query.query(() => {
  throw new CRPCError({ code: 'CONFLICT', message: 'taken', data: unsendable() });
});

async function problemOf(run: () => Promise<unknown>): Promise<unknown> {
  try {
    await run();
    return 'was sent';
  } catch (error) {
    return isCRPCError(error) ? { code: error.code, data: error.data } : String(error);
  }
}

export const nestedArgument = c.mutation.mutation(({ ctx }) =>
  problemOf(() => createTargetCaller(ctx).echoMutation({ value: unsendable() })),
);

export const scheduledArgument = c.mutation.mutation(({ ctx }) =>
  problemOf(async () => createTargetCaller(ctx).schedule.now.echoMutation({ value: unsendable() })),
);
