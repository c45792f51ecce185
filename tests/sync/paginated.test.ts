import { makeFunctionReference } from 'convex/server';
import type { ConvexClient } from 'convex/browser';
import { expect, test } from 'vitest';
import { eventually, mutationOf, startSyncBackend } from './sync-backend.ts';

const FIRST = 4;

/** What the client hands out for a paginated query; its type is not exported. */
interface Pages {
  results: { body: string }[];
  status: string;
  loadMore(count: number): void;
}

/** Numbers of all messages that each update showed, with how to go on from the last. */
function watchPages(client: ConvexClient, name: string) {
  const updates: number[][] = [];
  let latest: Pages | undefined;
  client.onPaginatedUpdate_experimental(
    makeFunctionReference<'query'>(`pages:${name}`) as never,
    { channel: 'a' } as never,
    { initialNumItems: FIRST },
    (result) => {
      const pages = result as unknown as Pages;
      latest = pages;
      updates.push(pages.results.map(({ body }) => Number(body)));
    },
  );
  return { updates, loadMore: (count: number) => latest?.loadMore(count) };
}

/** From `newest` down to `oldest`. */
const down = (newest: number, oldest: number): number[] =>
  Array.from({ length: newest - oldest + 1 }, (_, index) => newest - index);

async function startWith(count: number) {
  const sync = await startSyncBackend();
  const client = sync.connect();
  let sent = 0;
  const send = async (more: number): Promise<void> => {
    const bodies = Array.from({ length: more }, () => `${sent++}`);
    await client.mutation(mutationOf('sendMany'), { channel: 'a', bodies });
  };
  await send(count);
  return { sync, client, send };
}

test('a page of a procedure that has grown is split, and nothing is missing or shown twice', async () => {
  const { sync, client, send } = await startWith(10);
  await using _ = sync;
  const { updates, loadMore } = watchPages(client, 'newest');
  await eventually(() => updates.at(-1)).toEqual(down(9, 6));
  loadMore(3);
  await eventually(() => updates.at(-1)).toEqual(down(9, 3));

  await send(9);
  await eventually(() => updates.at(-1)).toEqual(down(18, 3));
  const isAsked = (half: string): boolean => sync.countLogs(half) > 0;
  await eventually(() => ['first half', 'other half'].every(isAsked)).toBe(true);
  // The first half grows in turn; the other one and the second page stay.
  await send(10);
  await eventually(() => updates.at(-1)).toEqual(down(28, 3));
  loadMore(9);
  await eventually(() => updates.at(-1)).toEqual(down(28, 0));
  for (const shown of updates.filter(({ length }) => length > 0)) {
    expect(shown).toEqual(down(shown[0] ?? 0, shown.at(-1) ?? 0));
  }
});

test('a page that is made without the end that was asked for is never split', async () => {
  const { sync, client, send } = await startWith(10);
  await using _ = sync;
  const { updates, loadMore } = watchPages(client, 'flat');
  await eventually(() => updates.at(-1)).toEqual(down(9, 6));
  await send(19);
  await eventually(() => updates.at(-1)).toEqual(down(28, 6));
  loadMore(3);
  await eventually(() => updates.at(-1)).toEqual(down(28, 3));
});
