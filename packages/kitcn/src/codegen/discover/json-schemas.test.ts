import { queryGeneric } from 'convex/server';
import { v } from 'convex/values';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { initCRPC } from '../../procedure/init.ts';
import type { RouteInfo } from '../../procedure/route-definition.ts';
import { schemasOfFunction, schemasOfRoute } from './json-schemas.ts';

const c = initCRPC.create();
const facts = { tableOf: () => undefined, isBranded: () => false, mayBeNativeEnum: false };
const INT64 = {
  type: 'object',
  properties: { $integer: { type: 'string', contentEncoding: 'base64' } },
  required: ['$integer'],
};

test('arguments as Convex takes them, results as plain JSON has them', () => {
  const all = v.object({
    n: v.optional(v.number()),
    big: v.int64(),
    bytes: v.bytes(),
    id: v.id('users'),
    one: v.union(v.literal('a'), v.null()),
    list: v.array(v.record(v.string(), v.boolean())),
    any: v.any(),
  });
  const list = queryGeneric({ args: all, returns: all, handler: () => null as never });
  const { input, output } = schemasOfFunction(list, facts);
  expect(input).toEqual({
    type: 'object',
    properties: {
      n: { type: 'number' },
      big: INT64,
      bytes: {
        type: 'object',
        properties: { $bytes: { type: 'string', contentEncoding: 'base64' } },
        required: ['$bytes'],
      },
      id: { type: 'string', description: 'The id of a document in "users"' },
      one: { anyOf: [{ const: 'a' }, { type: 'null' }] },
      list: { type: 'array', items: { type: 'object', additionalProperties: { type: 'boolean' } } },
      any: {},
    },
    required: ['big', 'bytes', 'id', 'one', 'list', 'any'],
    additionalProperties: false,
  });
  expect(output?.properties).toMatchObject({
    big: { type: 'string', pattern: '^-?\\d+$' },
    bytes: { type: 'string', contentEncoding: 'base64' },
  });
});

test('several inputs together, and nothing where nothing is known', () => {
  const merged = c.query
    .input(z.object({ a: z.string() }))
    .input(v.object({ b: v.number() }))
    .query(() => 1);
  const { input, output } = schemasOfFunction(merged, facts);
  expect(input?.allOf).toHaveLength(2);
  expect(output).toBeUndefined();
  expect(
    schemasOfFunction(
      queryGeneric(() => 1),
      facts,
    ),
  ).toEqual({
    input: undefined,
    output: undefined,
  });
});

test('a body as it travels, texts as text, and anything for what has no JSON Schema', () => {
  const route = c.httpAction
    .post('/:id')
    .params(z.object({ id: z.bigint() }))
    .searchParams(v.object({ big: v.int64() }))
    .input(z.object({ at: z.date(), big: z.bigint() }))
    .output(z.object({ size: z.string().transform((text) => text.length) }))
    .mutation(() => ({ size: '' }));
  const { params, searchParams, input, output } = schemasOfRoute(
    route['~crpc'] as unknown as RouteInfo,
    facts,
  );
  const text = { type: 'string', pattern: '^-?\\d+$' };
  expect(params?.properties).toEqual({ id: text });
  expect(searchParams?.properties).toEqual({ big: text });
  expect(input?.properties).toMatchObject({
    at: { type: 'object', properties: { __crpc_Date: { type: 'number' } } },
    big: INT64,
  });
  expect(output?.properties).toEqual({ size: {} });
});

test('the data of declared errors as it travels', () => {
  const route = c.httpAction
    .get('/')
    .errors({
      CLOSED: { status: 423 },
      LATE: { status: 410, data: z.object({ since: z.date().transform(() => new Date()) }) },
      MAYBE: { status: 410, data: z.bigint().optional() },
      TAKEN: { status: 409, data: v.object({ by: v.id('users') }) },
    })
    .query(() => null);
  const { errors } = schemasOfRoute(route['~crpc'] as unknown as RouteInfo, facts);
  expect(errors).toMatchObject({
    CLOSED: { status: 423, hasData: false },
    LATE: { status: 410, hasData: true, data: { properties: { since: {} } } },
    MAYBE: { status: 410, hasData: false, data: INT64 },
    TAKEN: { status: 409, hasData: true, data: { properties: { by: { type: 'string' } } } },
  });
  expect(errors?.['CLOSED']?.data).toBeUndefined();
});
