import { ConvexClient, ConvexHttpClient } from 'convex/browser';
import { makeFunctionReference } from 'convex/server';
import { expect, test, vi } from 'vitest';
import { cliProject } from './project.fixture.ts';
import type { RunningDev } from './project.fixture.ts';

const WAIT = { timeout: 60_000, interval: 50 };
const STAMP = 'convex/functions/stamp.ts';
const SCHEMA = 'convex/functions/schema.ts';
const get = makeFunctionReference<'query', { key: number }, string>('stamp:get');
const touch = makeFunctionReference<'mutation', Record<string, never>, null>('stamp:touch');
const addNote = makeFunctionReference<'mutation', Record<string, never>, null>('stamp:addNote');

const stampModule = (word: string): string => `import { z } from 'zod';
import { c } from '../lib/crpc';
export const get = c.query.input(z.object({ key: z.number() })).query(() => {
  console.log('own line');
  return '${word}';
});
export const touch = c.mutation.mutation(() => null);
export const addNote = c.mutation.mutation(async ({ ctx }) => {
  await ctx.db.insert('notes', { text: 'a note' });
  return null;
});
`;

/** Keeps what a client was told to print. */
function listen() {
  const lines: string[] = [];
  const hear = (...args: unknown[]): void => void lines.push(args.join(' '));
  return { lines, logger: { logVerbose() {}, log: hear, warn: hear, error: hear } };
}

/** The answer over HTTP, and the log lines that came with it. */
async function ask({ url }: RunningDev) {
  const { logger, lines } = listen();
  const value = await new ConvexHttpClient(url, { logger }).query(get, { key: 0 });
  return { value, lines };
}

/** Asks until the code answers that was saved last; there is no other sign for it from outside. */
function untilLive(dev: RunningDev, word: string) {
  return vi.waitFor(async () => {
    const answer = await ask(dev);
    expect(answer.value).toBe(word);
    return answer;
  }, WAIT);
}

const untilTold = (dev: RunningDev, text: RegExp): Promise<unknown> =>
  vi.waitFor(() => expect(dev.program.printed.stderr).toMatch(text), WAIT);

const WARNING = /kitcn dev: this is the code from before the last save, which failed: /;

test('a save that fails is told in each answer until one works, over HTTP and WebSocket', async () => {
  await using app = await cliProject();
  await app.write({ [STAMP]: stampModule('first') });
  await using dev = await app.startDev('--data=:memory:');
  const { logger, lines } = listen();
  const client = new ConvexClient(dev.url, { logger });
  try {
    expect((await ask(dev)).lines).toEqual([expect.stringMatching(/\[LOG\].* 'own line'$/)]);

    await app.write({ [STAMP]: `${stampModule('second')}export const = 1;\n` });
    await untilTold(dev, /stamp\.ts:12:14: .*\nThe code from before this change keeps running/);
    const broken = await ask(dev);
    expect(broken.value).toBe('first');
    expect(broken.lines).toEqual([
      expect.stringMatching(/\[WARN\].* kitcn dev: .*convex\/functions\/stamp\.ts:12:14: /),
      expect.stringMatching(/'own line'$/),
    ]);
    await client.mutation(touch, {});
    expect(lines.splice(0)).toEqual([expect.stringMatching(WARNING)]);
    expect(await client.query(get, { key: 1 })).toBe('first');
    expect(lines.splice(0)).toEqual([
      expect.stringMatching(WARNING),
      expect.stringMatching(/'own line'$/),
    ]);

    await app.write({ [STAMP]: stampModule('third') });
    expect((await untilLive(dev, 'third')).lines).not.toContainEqual(
      expect.stringMatching(WARNING),
    );
    await client.mutation(touch, {});
    expect(lines).toEqual([]);
  } finally {
    await client.close();
  }
});

test('what the backend refuses is told as well', async () => {
  await using app = await cliProject();
  await app.write({ [STAMP]: stampModule('first') });
  await using dev = await app.startDev('--data=:memory:');
  await new ConvexHttpClient(dev.url).mutation(addNote, {});
  const schema = (
    type: string,
  ): string => `import { defineSchema, defineTable } from 'convex/server';
import { v } from 'convex/values';
export default defineSchema({ notes: defineTable({ text: v.${type}() }) });
`;
  await app.write({ [SCHEMA]: schema('number'), [STAMP]: stampModule('second') });
  await untilTold(dev, /keeps running/);
  const { value, lines } = await ask(dev);
  expect({ value, warning: lines[0] }).toEqual({
    value: 'first',
    warning: expect.stringMatching(/failed: .*notes/),
  });
  await app.write({ [SCHEMA]: schema('string') });
  expect((await untilLive(dev, 'second')).lines).toHaveLength(1);
});
