import { readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { ConvexHttpClient } from 'convex/browser';
import { makeFunctionReference } from 'convex/server';
import { expect, test } from 'vitest';
import { runProgram } from '../run-program.ts';
import { cliProject } from './project.fixture.ts';

const RECORDER = new URL('./record-connections.mjs', import.meta.url);

const list = makeFunctionReference<'query', Record<string, never>, string[]>('notes:list');
const open = makeFunctionReference<'mutation', Record<string, never>, null>('more:open');
const reach = makeFunctionReference<'action', { url: string }, number>('more:reach');

const MORE = `import { z } from 'zod';
import { c } from '../lib/crpc';
export const open = c.mutation.mutation(async ({ ctx }) => {
  await ctx.db.insert('notes', { text: 'open' });
  return null;
});
export const reach = c.action
  .input(z.object({ url: z.string() }))
  .action(async ({ input }) => (await fetch(input.url)).status);
`;

const SUITE = `import { createApi } from 'kitcn/crpc';
import { createTestBackend } from 'kitcn/test';
const api = createApi({ notes: { list: { type: 'query' } }, more: { open: { type: 'mutation' } } });
await using t = await createTestBackend({ api });
await t.caller.more.open({});
console.log(JSON.stringify(await t.caller.notes.list({})));
`;

/** A project whose programs are recorded. */
async function recordedProject() {
  const app = await cliProject({ NODE_OPTIONS: `--import=${RECORDER.href}` });
  await app.write({ 'convex/functions/more.ts': MORE, 'suite.mjs': SUITE });
  const file = path.join(app.root, 'connections.txt');
  return {
    ...app,
    /** Where the programs connected to since the last look, and what names they looked up. */
    takeConnections: async (): Promise<string[]> => {
      const text = await readFile(file, 'utf8').catch(() => '');
      await rm(file, { force: true });
      return text.split('\n').filter((line) => line !== '');
    },
  };
}

test('no command connects to anything but the backend that it is told of', async () => {
  await using app = await recordedProject();
  expect(await app.kitcn('codegen')).toMatchObject({ code: 0 });
  expect(await app.takeConnections()).toEqual([]);

  await using dev = await app.startDev();
  const client = new ConvexHttpClient(dev.url, { logger: false });
  await client.mutation(open, {});
  expect(await client.query(list, {})).toEqual(['open']);
  expect(await app.takeConnections()).toEqual([]);
  const toBackend = `TCPCONNECTWRAP ${new URL(dev.url).host}`;
  // What a function itself does is seen: the recorder is in all threads.
  expect(await client.action(reach, { url: `${dev.url}/version` })).toBe(200);
  expect(await app.takeConnections()).toEqual([toBackend]);

  const run = await app.kitcn('run', 'notes:list', '--url', dev.url);
  expect(run).toMatchObject({ code: 0, stdout: '[\n  "open"\n]\n' });
  expect(new Set(await app.takeConnections())).toEqual(new Set([toBackend]));

  const suite = await runProgram(process.execPath, ['suite.mjs'], app.programOptions);
  expect(suite).toMatchObject({ code: 0, stdout: expect.stringMatching(/\["open"\]\n$/) });
  expect(await app.takeConnections()).toEqual([]);
});
