import { api } from '../convex/shared/api.ts';
import { expect, test } from './fixtures.ts';
import { RoomPage } from './room-page.ts';
import { interceptSync } from './sync-wire.ts';

test('what one page writes, another sees', async ({ roomPage, room, context }) => {
  const other = new RoomPage(await context.newPage(), room);
  await roomPage.open();
  await other.open();
  await roomPage.send('hello');
  await other.settlesOn(['hello']);
  await other.send('hello yourself');
  await roomPage.settlesOn(['hello yourself', 'hello']);
  await other.remove('hello');
  await roomPage.settlesOn(['hello yourself']);
});

test('an optimistic update shows before the answer, and gives way to it', async ({
  page,
  roomPage,
}) => {
  const wire = await interceptSync(page);
  await roomPage.open();
  wire.hold();
  await roomPage.send('soon');
  await expect(roomPage.pending).toHaveText([/soon/]);
  await roomPage.counts(1);
  wire.release();
  await roomPage.settlesOn(['soon']);
});

test('an optimistic update of a mutation that fails is taken back, and the error has its code', async ({
  page,
  roomPage,
}) => {
  const wire = await interceptSync(page);
  await roomPage.open();
  await roomPage.send('short');
  await roomPage.settlesOn(['short']);
  const long = 'long '.repeat(40).trim();
  wire.hold();
  await roomPage.send(long);
  await expect(roomPage.pending).toHaveText([new RegExp(long)]);
  wire.release();
  await roomPage.settlesOn(['short']);
  await expect(roomPage.alert).toHaveText(/^BAD_REQUEST: .*body/);
});

for (const [kind, view] of [
  ['of a procedure', ''],
  ['of a plain Convex function', '/plain'],
] as const) {
  test(`pages ${kind} stay gapless while rows come and go`, async ({ roomPage, room, client }) => {
    const numbered = Array.from({ length: 12 }, (_, index) => `#${index + 1}`);
    for (const body of numbered) await client.mutation(api.messages.send, { room, body });
    const newestFirst = numbered.toReversed();
    await roomPage.open(view);
    await roomPage.shows(newestFirst.slice(0, 5));
    await roomPage.loadMore();
    await roomPage.shows(newestFirst.slice(0, 10));

    await client.mutation(api.messages.send, { room, body: 'new' });
    await roomPage.shows(['new', ...newestFirst.slice(0, 10)]);
    // The last of the first page, then the first of the second.
    await roomPage.remove('#8');
    await roomPage.remove('#7');
    const left = ['new', ...newestFirst.filter((body) => body !== '#8' && body !== '#7')];
    await roomPage.shows(left.slice(0, 9));
    await roomPage.loadMore();
    await roomPage.shows(left);
    await roomPage.showsEnd();
    await roomPage.counts(11);
  });

  test(`a page ${kind} that has grown is split`, async ({ page, roomPage, room, client }) => {
    const halves: string[] = [];
    page.on('websocket', (socket) =>
      socket.on('framesent', ({ payload }) => {
        halves.push(...(payload.toString().match(/"endCursor":"/g) ?? []));
      }),
    );
    const numbered = Array.from({ length: 20 }, (_, index) => `#${index + 1}`);
    const send = async (bodies: readonly string[]): Promise<void> => {
      for (const body of bodies) await client.mutation(api.messages.send, { room, body });
    };
    await send(numbered.slice(0, 8));
    await roomPage.open(view);
    await roomPage.shows(numbered.slice(3, 8).toReversed());

    // Ten are twice what the page began with.
    await send(numbered.slice(8, 14));
    await roomPage.shows(numbered.slice(3, 14).toReversed());
    await expect.poll(() => halves.length).toBe(2);
    await send(numbered.slice(14));
    await roomPage.shows(numbered.slice(3).toReversed());
    // The last of one half, then the first of the other.
    await roomPage.remove('#10');
    await roomPage.remove('#9');
    const left = numbered.filter((body) => body !== '#10' && body !== '#9').toReversed();
    await roomPage.shows(left.slice(0, -3));
    await roomPage.loadMore();
    await roomPage.shows(left);
    await roomPage.showsEnd();
  });
}
