import { v } from 'convex/values';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { initCRPC } from './init.ts';
import { invoke, invokeError } from './invoke.fixture.ts';

const c = initCRPC.create();
const list = c.query
  .input(z.object({ teamId: z.string() }))
  .paginated({ limit: 20, item: z.object({ at: z.date() }) })
  .query(({ input }) => ({
    page: [{ at: new Date(input.limit) }],
    isDone: input.cursor === null,
    continueCursor: JSON.stringify(input),
    splitCursor: 'not for callers',
  }));

async function inputOf(args: object): Promise<unknown> {
  const { continueCursor } = (await invoke(list, args)) as { continueCursor: string };
  return JSON.parse(continueCursor);
}

test('cursor and limit are flat, with the first page and the cap by default', async () => {
  expect(await inputOf({ teamId: 't' })).toEqual({ teamId: 't', cursor: null, limit: 20 });
  expect(await inputOf({ teamId: 't', cursor: 'c', limit: 5 })).toEqual({
    teamId: 't',
    cursor: 'c',
    limit: 5,
  });
});

test('what Convex’s paginated hooks send is the same', async () => {
  const paginationOpts = { numItems: 5, cursor: 'c', id: 123, endCursor: null };
  expect(await inputOf({ teamId: 't', paginationOpts })).toEqual({
    teamId: 't',
    cursor: 'c',
    limit: 5,
  });
});

test('beyond the cap there is the cap', async () => {
  expect(await inputOf({ teamId: 't', limit: 1_000 })).toMatchObject({ limit: 20 });
  const paginationOpts = { numItems: 1_000, cursor: null };
  expect(await inputOf({ teamId: 't', paginationOpts })).toMatchObject({ limit: 20 });
});

test.each([0, -1, 1.5])('a limit of %d is refused', async (limit) => {
  expect(await invokeError(list, { teamId: 't', limit })).toMatchObject({ code: 'BAD_REQUEST' });
});

test('the result is a page and no more, with each item checked', async () => {
  expect(await invoke(list, { teamId: 't' })).toEqual({
    page: [{ at: new Date(20) }],
    isDone: true,
    continueCursor: expect.any(String),
  });
});

test('Convex accepts both ways to ask', () => {
  const { exportArgs } = list as unknown as { exportArgs(): string };
  expect(Object.keys((JSON.parse(exportArgs()) as { value: object }).value).sort()).toEqual([
    'cursor',
    'limit',
    'paginationOpts',
    'teamId',
  ]);
});

test('an item may be a Convex validator', async () => {
  const plain = c.query
    .paginated({ limit: 2, item: v.object({ n: v.number() }) })
    // What `paginate` gives.
    .query(() => ({
      page: [{ n: 1 }],
      isDone: true,
      continueCursor: '',
      splitCursor: 'c',
      pageStatus: 'SplitRecommended',
    }));
  expect(await invoke(plain)).toEqual({ page: [{ n: 1 }], isDone: true, continueCursor: '' });
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
