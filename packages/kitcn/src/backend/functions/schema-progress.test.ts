import { defineSchema, defineTable, mutationGeneric } from 'convex/server';
import { v } from 'convex/values';
import { expect, onTestFinished, test, vi } from 'vitest';
import type { ModuleNamespace } from '../../project/module-realm.ts';
import { systemClock } from '../system-clock.ts';
import { createTemporaryFile } from '../storage/temporary-file.ts';
import { InProcessHost } from './in-process-host.ts';

const ROWS = 600;

const fill = mutationGeneric(async (ctx) => {
  for (let row = 0; row < ROWS; row++) await ctx.db.insert('users', { name: `${row}` });
});

function openHost(databaseFile: string, log: (line: string) => void): InProcessHost {
  const manner = { clock: systemClock, isDeterministic: false, hasCrons: false };
  return new InProcessHost({ databaseFile, log, ...manner });
}

test('a push that checks many documents and indexes them says how far it is', async () => {
  const temporary = createTemporaryFile('data.sqlite');
  onTestFinished(() => temporary.remove());
  const logs: string[] = [];
  {
    await using before = openHost(temporary.file, (line) => logs.push(line));
    await before.deploy(new Map<string, ModuleNamespace>([['m', { fill }]]));
    await before.call({ kind: 'mutation', target: 'm:fill', args: {}, identity: null });
  }
  expect(logs).toEqual([]);

  const users = defineTable({ name: v.string() }).index('by_name', ['name']);
  await using after = openHost(temporary.file, (line) => logs.push(line));
  // Each look at the time finds that seconds have passed.
  let now = performance.now();
  vi.spyOn(performance, 'now').mockImplementation(() => (now += 2_000));
  onTestFinished(() => void vi.restoreAllMocks());
  await after.deploy(new Map([['schema', { default: defineSchema({ users }) }]]));
  const lines = (task: string): string[] =>
    [256, 512, 600].map((done) => `[INFO] ${task}: ${done} of ${ROWS} documents.`);
  expect(logs).toEqual([
    ...lines('Checking table "users" against the schema'),
    ...lines('Adding by_name to table "users"'),
  ]);
});
