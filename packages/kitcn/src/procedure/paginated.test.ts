import { v } from 'convex/values';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { initCRPC } from './init.ts';
import { invoke, invokeError } from './invoke.fixture.ts';

const c = initCRPC.create();
const list = c.query
  .input(z.object({ teamId: z.string() }))
  .paginated({ limit: 20, item: z.object({ at: z.date() }) })
  .query(({ input, paginationOpts }) => ({
    page: [{ at: new Date(input.limit) }],
    isDone: input.cursor === null,
    continueCursor: JSON.stringify({ input, paginationOpts }),
  }));

async function askedOf(args: object): Promise<unknown> {
  const { continueCursor } = (await invoke(list, args)) as { continueCursor: string };
  return JSON.parse(continueCursor);
}

test('cursor and limit are flat, with the first page and the cap by default', async () => {
  expect(await askedOf({ teamId: 't' })).toEqual({
    input: { teamId: 't', cursor: null, limit: 20, endCursor: null },
    paginationOpts: { cursor: null, numItems: 20, endCursor: null },
  });
  expect(await askedOf({ teamId: 't', cursor: 'c', limit: 5, endCursor: 'e' })).toEqual({
    input: { teamId: 't', cursor: 'c', limit: 5, endCursor: 'e' },
    paginationOpts: { cursor: 'c', numItems: 5, endCursor: 'e' },
  });
});

test.each([[{}], [{ endCursor: null }], [{ endCursor: 'e' }]])(
  'what Convex’s paginated hooks send is the same, with %j',
  async (end) => {
    const paginationOpts = { numItems: 5, cursor: 'c', id: 123, ...end };
    const flat = { teamId: 't', cursor: 'c', limit: 5, ...end };
    expect(await askedOf({ teamId: 't', paginationOpts })).toEqual(await askedOf(flat));
  },
);

test('beyond the cap there is the cap', async () => {
  const capped = { input: { limit: 20 }, paginationOpts: { numItems: 20 } };
  expect(await askedOf({ teamId: 't', limit: 1_000 })).toMatchObject(capped);
  const paginationOpts = { numItems: 1_000, cursor: null };
  expect(await askedOf({ teamId: 't', paginationOpts })).toMatchObject(capped);
});

test.each([0, -1, 1.5])('a limit of %d is refused', async (limit) => {
  expect(await invokeError(list, { teamId: 't', limit })).toMatchObject({ code: 'BAD_REQUEST' });
});

test.each([[{ endCursor: 1 }], [{ paginationOpts: { endCursor: 1 } }]])(
  '%j is refused',
  async (args) => {
    expect(await invokeError(list, { teamId: 't', ...args })).toMatchObject({
      code: 'BAD_REQUEST',
    });
  },
);

test('the result is a page and no more, with each item checked', async () => {
  expect(await invoke(list, { teamId: 't' })).toEqual({
    page: [{ at: new Date(20) }],
    isDone: true,
    continueCursor: expect.any(String),
  });
});

describe.each([
  ['Zod’s', z.object({ n: z.number() })],
  ['a Convex validator', v.object({ n: v.number() })],
] as const)('with an item of %s', (_, item) => {
  // What `paginate` gives.
  const page = { page: [{ n: 1 }], isDone: true, continueCursor: 'end' };
  const given = { ...page, splitCursor: 'middle', pageStatus: 'SplitRecommended' as const };
  // Both have the same type of item.
  const pages = c.query.paginated({ limit: 2, item: item as z.ZodObject<{ n: z.ZodNumber }> });

  const made = (given: object) =>
    pages.query(({ paginationOpts }) => ({ ...page, ...given, paginationOpts }));

  test('a page made of paginationOpts says where it can be split', async () => {
    expect(await invoke(made(given))).toStrictEqual(given);
    const small = { ...page, splitCursor: null, pageStatus: null };
    expect(await invoke(made(small))).toStrictEqual(small);
    expect(await invoke(made({}))).toStrictEqual(page);
  });

  test('a page made of cursor and limit does not, as its halves would have gaps', async () => {
    const flat = pages.query(({ input: { cursor, ...rest } }) => ({ ...given, cursor, rest }));
    expect(await invoke(flat)).toStrictEqual(page);
  });

  test('what is no page is refused', async () => {
    const nothing = pages.query(() => undefined as never);
    for (const wrong of [nothing, made({ splitCursor: 1 }), made({ page: [1] })]) {
      expect(await invokeError(wrong)).toMatchObject({ code: 'INTERNAL_SERVER_ERROR' });
    }
  });
});

test('a middleware changes what a page is asked for', async () => {
  const first = c.query
    .paginated({ limit: 9, item: z.null() })
    .use(({ next }) => next({ input: { limit: 3, cursor: null } }))
    .query(({ paginationOpts }) => ({
      page: [],
      isDone: true,
      continueCursor: JSON.stringify(paginationOpts),
    }));
  const { continueCursor } = (await invoke(first, { cursor: 'c' })) as { continueCursor: string };
  expect(JSON.parse(continueCursor)).toEqual({ cursor: null, numItems: 3, endCursor: null });
});

test('Convex accepts both ways to ask', () => {
  const { exportArgs } = list as unknown as { exportArgs(): string };
  expect(Object.keys((JSON.parse(exportArgs()) as { value: object }).value).sort()).toEqual([
    'cursor',
    'endCursor',
    'limit',
    'paginationOpts',
    'teamId',
  ]);
});

test.each<[string, () => unknown, RegExp]>([
  ['limit of 0', () => c.query.paginated({ limit: 0, item: z.null() }), /whole number from 1/],
  [
    'output after it',
    () => (list0() as unknown as typeof c.query).output(z.null()),
    /\.output\(\) after \.paginated\(\)/,
  ],
  [
    'mutation',
    () => (c.mutation as unknown as typeof c.query).paginated({ limit: 1, item: z.null() }),
    /is for queries/,
  ],
])('a %s is refused when it is defined', (_, define, problem) => {
  expect(define).toThrow(problem);
});

function list0() {
  return c.query.paginated({ limit: 1, item: z.null() });
}
