import { api } from '../convex/shared/api.ts';
import { expect, test } from './fixtures.ts';
import { RoomPage } from './room-page.ts';
import { interceptSync } from './sync-wire.ts';

test('a backend that restarts: pages come back, what was sent meanwhile is applied once', async ({
  roomPage,
  room,
  context,
  deployment,
  client,
  request,
}) => {
  const other = new RoomPage(await context.newPage(), room);
  await roomPage.open();
  await other.open();
  await roomPage.send('before');
  await other.settlesOn(['before']);

  await deployment.stop();
  await roomPage.send('while it was down');
  await expect(roomPage.pending).toHaveText([/while it was down/]);
  await deployment.start();

  for (const each of [roomPage, other]) await each.settlesOn(['while it was down', 'before']);
  expect(await client.query(api.messages.count, { room })).toBe(2);
  await other.send('after');
  await roomPage.settlesOn(['after', 'while it was down', 'before']);
  // The app's server kept connections of its own.
  expect((await request.get('/api/users')).status()).toBe(200);
});

test('a mutation whose answer was lost is sent again, and applied once', async ({
  page,
  roomPage,
  room,
  client,
}) => {
  const wire = await interceptSync(page);
  await roomPage.open();
  wire.hold();
  await roomPage.send('once');
  await expect.poll(() => client.query(api.messages.count, { room })).toBe(1);
  await expect(roomPage.pending).toHaveCount(1);
  await wire.lose();
  await roomPage.settlesOn(['once']);
  expect(await client.query(api.messages.count, { room })).toBe(1);
});
