import { v } from 'convex/values';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { initCRPC } from './init.ts';
import { createSchemaParser } from './schema-parser.ts';
import type { StandardSchema } from './schema.ts';
import { invoke, invokeError } from './invoke.fixture.ts';

const c = initCRPC.create();

/** A schema of a library that is neither Zod nor Convex: takes `{ n: '5' }`, makes `{ n: 5 }`. */
function toNumbers(isAsync: boolean): StandardSchema<{ n: string }, { n: number }> {
  const check = (value: unknown) => {
    const n = Number((value as { n: string }).n);
    return Number.isNaN(n)
      ? { issues: [{ message: 'not a number', path: [{ key: 'n' }] }] }
      : { value: { n } };
  };
  return {
    '~standard': {
      version: 1,
      vendor: 'test',
      validate: isAsync ? async (value) => check(value) : check,
    },
  };
}

describe.each([false, true])('a Standard Schema, asynchronous: %s', (isAsync) => {
  const procedure = c.query
    .input(toNumbers(isAsync), { args: v.object({ n: v.string() }) })
    .output(toNumbers(isAsync))
    .query(({ input }) => ({ n: String(input.n + 1) }));

  test('parses input and output', async () => {
    expect(await invoke(procedure, { n: '5' })).toEqual({ n: 6 });
  });

  test('tells path and message', async () => {
    expect(await invokeError(procedure, { n: 'x' })).toMatchObject({
      code: 'BAD_REQUEST',
      message: 'Input does not fit its schema: n custom',
      data: { issues: [{ path: ['n'], code: 'custom', message: 'not a number' }] },
    });
  });

  test('gives Convex the validator that came with it', () => {
    const { exportArgs, exportReturns } = procedure as unknown as Exported;
    expect(JSON.parse(exportArgs())).toEqual({
      type: 'object',
      value: { n: { fieldType: { type: 'string' }, optional: false } },
    });
    expect(exportReturns()).toBe('null');
  });
});

interface Exported {
  exportArgs(): string;
  exportReturns(): string;
}

describe('a Convex validator', () => {
  const procedure = c.query
    .input(v.object({ id: v.id('user'), tags: v.optional(v.array(v.string())) }))
    .input(z.object({ at: z.date() }))
    .output(v.object({ id: v.string() }))
    .query(({ input }) => ({ id: `${input.id} ${input.at.getTime()}` }));

  test('is merged with schemas of others', async () => {
    expect(await invoke(procedure, { id: 'a', at: new Date(1) })).toEqual({ id: 'a 1' });
  });

  test('tells the path of what is wrong', async () => {
    const wrong = { id: 'a', at: new Date(1), tags: ['x', 1] };
    expect(await invokeError(procedure, wrong)).toMatchObject({
      code: 'BAD_REQUEST',
      data: { issues: [{ path: ['tags', 1], code: 'invalid_type' }] },
    });
  });

  test('is what Convex gets', () => {
    const { exportArgs, exportReturns } = procedure as unknown as Exported;
    expect(JSON.parse(exportArgs())).toMatchObject({
      value: { id: { fieldType: { type: 'id', tableName: 'user' } }, at: {} },
    });
    expect(JSON.parse(exportReturns())).toMatchObject({ type: 'object' });
  });
});

describe('the fast path of Zod', () => {
  const at = new Date(1);
  const schemas: [string, z.ZodType, unknown[]][] = [
    ['an object', z.object({ a: z.string(), b: z.number().optional() }), [{ a: 'x' }, { a: 1 }, 5]],
    [
      'a refinement',
      z.object({ a: z.string().refine((a) => a !== 'x') }),
      [{ a: 'x' }, { a: 'y' }],
    ],
    ['an asynchronous refinement', z.string().refine(async (a) => a !== 'x'), ['x', 'y', 1]],
    ['a transform', z.object({ a: z.string().transform(Number) }), [{ a: '5' }, { a: 5 }]],
    ['an asynchronous transform', z.string().transform(async (a) => a.length), ['abc', 1]],
    ['a union', z.union([z.object({ a: z.date() }), z.object({ b: z.string() })]), [{ a: at }, {}]],
    ['a codec', z.codec(z.string(), z.number(), { decode: Number, encode: String }), ['5', 5]],
    ['a superRefine', z.string().superRefine((a, x) => void (a || x.addIssue('empty'))), ['', 'a']],
    ['a preprocess', z.preprocess((a) => `${a}`, z.string()), [1]],
    ['a lazy schema', z.lazy(() => z.object({ a: z.int() })), [{ a: 1 }, { a: 1.5 }]],
    [
      'a default and a catch',
      z.object({ a: z.int().default(1), b: z.int().catch(2) }),
      [{ b: 'x' }],
    ],
  ];

  test.each(schemas)('%s gives what safeParseAsync gives', async (_, schema, values) => {
    for (const value of values) {
      const slow = await schema.safeParseAsync(value);
      const parser = createSchemaParser(schema);
      const outcome = await parser.parse(value);
      if (slow.success) expect(outcome).toMatchObject({ value: slow.data, issues: [] });
      else {
        const told = slow.error.issues.map(({ path, code, message }) => ({ path, code, message }));
        expect(parser.toIssues(outcome)).toEqual(told);
      }
    }
  });

  test('waits for nothing where no function can give a promise', () => {
    const parser = createSchemaParser(z.object({ a: z.string().min(1), b: z.date().nullable() }));
    expect(parser.parse({ a: 'x', b: null })).not.toBeInstanceOf(Promise);
    const refined = createSchemaParser(z.string().refine((a) => a !== ''));
    expect(refined.parse('x')).not.toBeInstanceOf(Promise);
  });

  test('a refinement that turns out asynchronous runs once', async () => {
    let runs = 0;
    const schema = z.object({
      a: z.string().refine((a) => Promise.resolve(++runs > 0 && a !== '')),
    });
    await createSchemaParser(schema).parse({ a: 'x' });
    expect(runs).toBe(1);
  });
});

test('a recursive schema sees what became of an object since the call before', () => {
  const tree = z.object({
    name: z.string(),
    get children() {
      return z.array(tree);
    },
  });
  const parser = createSchemaParser(tree);
  const value = { name: 'root', children: [{ name: 'leaf', children: [] as unknown[] }] };
  expect(parser.parse(value)).toMatchObject({ value, issues: [] });
  value.children[0]?.children.push({ name: 'new', children: [] });
  expect(parser.parse(value)).toMatchObject({ value, issues: [] });
  value.children[0]?.children.push({ name: 7 });
  expect(parser.parse(value)).toMatchObject({ issues: [{ code: 'invalid_type' }, {}] });
});
