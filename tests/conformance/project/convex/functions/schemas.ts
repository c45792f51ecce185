import { type } from 'arktype';
import { v } from 'convex/values';
import * as valibot from 'valibot';
import { c } from '../lib/crpc';

/** One shape, said in each library: nested, optional, a union, with a default. */
const args = v.object({
  shape: v.union(
    v.object({ kind: v.literal('circle'), radius: v.number() }),
    v.object({ kind: v.literal('text'), lines: v.array(v.string()) }),
  ),
  note: v.optional(v.string()),
  size: v.optional(v.number()),
});
const returns = args.extend({ size: v.number() });

interface Drawing {
  shape: { kind: 'circle'; radius: number } | { kind: 'text'; lines: string[] };
  note?: string | undefined;
  size?: number | undefined;
}

/** What a handler gives, or something that fits no output. */
function draw({ shape, note, size = 10 }: Drawing) {
  const drawing = { shape, size, ...(note !== undefined && { note }) };
  return note === 'break' ? ({ ...drawing, size: 'hunter2' } as never) : drawing;
}

const valibotShape = valibot.variant('kind', [
  valibot.object({ kind: valibot.literal('circle'), radius: valibot.number() }),
  valibot.object({ kind: valibot.literal('text'), lines: valibot.array(valibot.string()) }),
]);
const valibotInput = valibot.object({
  shape: valibotShape,
  note: valibot.optional(valibot.string()),
  size: valibot.optional(valibot.number(), 10),
});

export const withValibot = c.query
  .input(valibotInput, { args })
  .output(valibot.object({ ...valibotInput.entries, size: valibot.number() }), { returns })
  .query(({ input }) => draw(input));

const arkShape = type({ kind: "'circle'", radius: 'number' }).or({
  kind: "'text'",
  lines: 'string[]',
});

export const withArkType = c.query
  .input(type({ shape: arkShape, 'note?': 'string', size: 'number = 10' }), { args })
  .output(type({ shape: arkShape, 'note?': 'string', size: 'number' }), { returns })
  .query(({ input }) => draw(input));

export const withValidators = c.query
  .input(args)
  .output(returns)
  .query(({ input }) => draw(input));
