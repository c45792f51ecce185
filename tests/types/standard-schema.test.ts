import { type } from 'arktype';
import { v } from 'convex/values';
import type { inferInput, inferOutput } from 'kitcn/server';
import { initCRPC } from 'kitcn/server';
import * as valibot from 'valibot';
import { describe, expect, expectTypeOf, test } from 'vitest';

const c = initCRPC.create();
const args = v.object({ name: v.string(), age: v.string() });

const withValibot = c.query
  .input(
    valibot.object({
      name: valibot.string(),
      age: valibot.pipe(valibot.string(), valibot.transform(Number), valibot.minValue(18)),
    }),
    { args },
  )
  .output(valibot.object({ text: valibot.string() }), { returns: v.object({ text: v.string() }) })
  .query(({ input }) => ({ text: `${input.name} ${input.age + 1}` }));

const withArkType = c.query
  .input(type({ name: 'string', age: 'string.integer.parse' }), { args })
  .output(type({ text: 'string' }), { returns: v.object({ text: v.string() }) })
  .query(({ input }) => ({ text: `${input.name} ${input.age + 1}` }));

interface Registered {
  invokeQuery(args: string): Promise<string>;
  exportArgs(): string;
  exportReturns(): string;
}

describe.each([
  ['Valibot', withValibot, '17'],
  ['ArkType', withArkType, 'x'],
])('%s', (_, procedure, wrong) => {
  const { invokeQuery, exportArgs, exportReturns } = procedure as unknown as Registered;

  test('parses what callers pass and what the handler returns', async () => {
    const answer = await invokeQuery(JSON.stringify([{ name: 'Ada', age: '36' }]));
    expect(JSON.parse(answer)).toEqual({ text: 'Ada 37' });
  });

  test('tells the path of what is wrong', async () => {
    const error: { data: string } = await invokeQuery(
      JSON.stringify([{ name: 'Ada', age: wrong }]),
    ).catch((thrown) => thrown);
    expect(JSON.parse(error.data)).toMatchObject({
      code: 'BAD_REQUEST',
      data: { issues: [{ path: ['age'] }] },
    });
  });

  test('gives Convex the validators that came with it', () => {
    expect(JSON.parse(exportArgs())).toMatchObject({
      type: 'object',
      value: { name: {}, age: {} },
    });
    expect(JSON.parse(exportReturns())).toMatchObject({ type: 'object', value: { text: {} } });
  });
});

test('types are the schemas’ own', () => {
  expectTypeOf<inferInput<typeof withValibot>>().toEqualTypeOf<{ name: string; age: string }>();
  expectTypeOf<inferInput<typeof withArkType>>().toEqualTypeOf<{ name: string; age: string }>();
  expectTypeOf<inferOutput<typeof withValibot>>().toEqualTypeOf<{ text: string }>();
  expectTypeOf<inferOutput<typeof withArkType>>().toEqualTypeOf<{ text: string }>();
  expect(() => c.query.input(type({ a: 'string' }) as never)).toThrow(/needs \{ args/);
});
