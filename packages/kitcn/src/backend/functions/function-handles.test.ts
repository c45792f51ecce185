import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { SERVER, temporaryHost } from './temporary-host.fixture.ts';

const HANDLES = `${SERVER}
import { createFunctionHandle } from 'convex/server';
const name = (text) => ref('handles:' + text);
export const make = query((ctx, { of }) => createFunctionHandle(name(of)));
export const makeInAction = action((ctx, { of }) => createFunctionHandle(name(of)));
export const add = internalMutation((ctx, { text }) => ctx.db.insert('rows', { text }));
export const texts = query(async (ctx) => (await ctx.db.query('rows').collect()).map((row) => row.text));
export const act = action(async (ctx, { text }) => { await ctx.runMutation(name('add'), { text }); });
export const call = mutation(async (ctx, { handle, text }) => { await ctx.runMutation(handle, { text }); });
export const read = query((ctx, { handle }) => ctx.runQuery(handle, {}));
export const later = mutation(async (ctx, { handle, text }) => { await ctx.scheduler.runAfter(0, handle, { text }); });
export const callInAction = action(async (ctx, { handle, text }) => { await ctx.runAction(handle, { text }); });
`;

test('a function is called by its handle, wherever a function can be named', async () => {
  await using host = await temporaryHost({ handles: HANDLES });
  const handle = await host.value('handles:make', { of: 'add' });
  expect(handle).toMatch(/^function:\/\/[0-9a-f]{32}#handles:add$/);
  await host.value('handles:call', { handle, text: 'called' });
  await host.value('handles:later', { handle, text: 'scheduled' });
  const act = await host.value('handles:makeInAction', { of: 'act' });
  await host.value('handles:callInAction', { handle: act, text: 'acted' });
  const texts = await host.value('handles:make', { of: 'texts' });
  await vi.waitFor(async () => {
    const read = (await host.value('handles:read', { handle: texts })) as string[];
    expect(read.toSorted()).toEqual(['acted', 'called', 'scheduled']);
  }, 10_000);
});

test('a handle outlives a push and a restart, but not its function', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'kitcn-handles-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const databaseFile = path.join(folder, 'data.sqlite');
  const first = await temporaryHost({ handles: HANDLES }, { databaseFile });
  const handle = await first.value('handles:make', { of: 'add' });
  await first.push({ handles: HANDLES });
  await first.value('handles:call', { handle, text: 'after a push' });
  await first.host.close();
  await using second = await temporaryHost({ handles: HANDLES }, { databaseFile });
  await second.value('handles:call', { handle, text: 'after a restart' });
  expect(await second.value('handles:texts')).toHaveLength(2);
  await second.push({ handles: HANDLES.replace('const add ', 'const plus ') });
  const gone = await second.failure('handles:call', { handle, text: '' });
  expect(gone.message).toContain("Could not find function for 'handles:add'");
});

test('a handle cannot be made up, nor made of a function that is not there', async () => {
  await using host = await temporaryHost({ handles: HANDLES });
  const handle = String(await host.value('handles:make', { of: 'texts' }));
  for (const forged of [
    handle.replace('texts', 'add'),
    `function://${'0'.repeat(32)}#handles:add`,
    'function://#',
    'function://',
  ]) {
    const refused = await host.failure('handles:call', { handle: forged, text: '' });
    expect(refused.message).toContain('is no function handle of this deployment');
  }
  const none = await host.failure('handles:make', { of: 'none' });
  expect(none.message).toContain("Could not find function for 'handles:none'");
});
