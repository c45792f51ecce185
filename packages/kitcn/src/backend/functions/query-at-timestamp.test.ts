import { expect, test } from 'vitest';
import { SERVER, callOf, temporaryHost } from './temporary-host.fixture.ts';

const ITEMS = `${SERVER}
export const add = mutation((ctx, { text }) => ctx.db.insert('items', { text }));
export const texts = query(async (ctx) => (await ctx.db.query('items').collect()).map(({ text }) => text));
export const snapshot = query((ctx) => ctx.meta.getSnapshotTs());
`;

test('queries run at a timestamp of before', async () => {
  await using host = await temporaryHost({ items: ITEMS });
  await host.value('items:add', { text: 'one' });
  const timestamp = await host.host.latestTimestamp();
  await host.value('items:add', { text: 'two' });
  expect(await host.value('items:texts')).toEqual(['one', 'two']);
  const calls = [callOf('items:texts'), callOf('items:snapshot')];
  const [texts, snapshot] = await host.host.runBatch(calls, timestamp);
  expect(texts).toMatchObject({ status: 'success', value: ['one'] });
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64LE(timestamp);
  expect(snapshot).toMatchObject({ value: { $integer: bytes.toString('base64') } });
  // What was found then is not taken for what there is now.
  expect(await host.value('items:texts')).toEqual(['one', 'two']);
});

test('not at one that is to come; before the first commit there was nothing', async () => {
  await using host = await temporaryHost({ items: ITEMS });
  await host.value('items:add', { text: 'one' });
  const now = await host.host.latestTimestamp();
  const at = (timestamp: bigint) => host.host.runBatch([callOf('items:texts')], timestamp);
  await expect(at(now + 10n ** 12n)).rejects.toMatchObject({ code: 'TimestampInFuture' });
  await expect(at(now - 10n ** 12n)).resolves.toMatchObject([{ value: [] }]);
});
