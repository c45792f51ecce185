import { ConvexError } from 'convex/values';
import { CRPCError } from 'kitcn/crpc';
import { z } from 'zod';
import { c } from '../lib/crpc';

const anything = z.object({ value: z.any() });
const failure = z.object({ kind: z.enum(['crpc', 'convex', 'other']) });

function fail({ kind }: z.infer<typeof failure>): never {
  if (kind === 'convex') throw new ConvexError({ mine: true });
  if (kind === 'other') throw new TypeError('the password is hunter2');
  throw new CRPCError({
    code: 'CONFLICT',
    message: 'taken',
    data: { at: new Date(5), looksLikeATag: { __crpc_Date: 1 } },
    cause: 'secret',
  });
}

export const echo = c.query.input(anything).query(({ input }): unknown => input.value);
export const echoMutation = c.mutation
  .input(anything)
  .mutation(({ input }): unknown => input.value);
export const echoAction = c.action.input(anything).action(({ input }): unknown => input.value);

export const failQuery = c.query.input(failure).query(({ input }) => fail(input));
export const failMutation = c.mutation.input(failure).mutation(({ input }) => fail(input));
export const failAction = c.action.input(failure).action(({ input }) => fail(input));

/** Two kinds of wrong: one that Convex's validator sees, one that only the schema sees. */
export const strict = c.query
  .input(z.object({ size: z.number().max(9) }))
  .query(({ input }) => input.size);

export const strictMutation = c.mutation
  .input(z.object({ size: z.number().max(9) }))
  .mutation(({ input }) => input.size);

export const hidden = c.query.internal().query(() => 'internal');

export const whoAmI = c.query.query(({ ctx }) => ctx.auth.getUserIdentity());

export const notes = c.query.query(async ({ ctx }) => {
  const notes = await ctx.db.query('note').collect();
  return notes.map(({ text }) => text);
});

/** Leaves a note and then fails, if told so. */
export const addNote = c.mutation
  .input(z.object({ text: z.string(), fails: z.boolean().optional() }))
  .mutation(async ({ ctx, input }) => {
    await ctx.db.insert('note', { text: input.text });
    if (input.fails) throw new CRPCError({ code: 'CONFLICT' });
  });

export const findNote = c.query
  .input(z.object({ text: z.string() }))
  .query(async ({ ctx, input: { text } }) => {
    const notes = await ctx.db.query('note').collect();
    const note = notes.find((one) => one.text === text);
    if (note !== undefined) return note._id;
    throw new CRPCError({ code: 'NOT_FOUND', data: { text, since: new Date(7) } });
  });
