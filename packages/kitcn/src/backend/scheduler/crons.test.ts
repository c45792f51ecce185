import { expect, test, vi } from 'vitest';
import { SERVER, temporaryHost } from '../functions/temporary-host.fixture.ts';

const ROWS = `${SERVER}
export const add = internalMutation({
  args: { text: v.string() },
  handler: async (ctx, { text }) => { await ctx.db.insert('rows', { text }); },
});
export const act = action(async (ctx, { text }) => { await ctx.runMutation(ref('rows:add'), { text }); });
export const loop = internalMutation(() => { for (;;); });
export const texts = query(async (ctx) => (await ctx.db.query('rows').collect()).map((row) => row.text));
`;
const crons = (lines: string): string => `${SERVER}
import { cronJobs } from 'convex/server';
const crons = cronJobs();
${lines}
export default crons;
`;

test('crons.ts runs mutations and actions, again and again', async () => {
  await using host = await temporaryHost({
    rows: ROWS,
    crons: crons(`
      crons.interval('mutation', { seconds: 1 }, ref('rows:add'), { text: 'mutation' });
      crons.interval('action', { hours: 1 }, ref('rows:act'), { text: 'action' });
      crons.interval('wrong', { hours: 1 }, ref('rows:add'), {});
      crons.daily('later', { hourUTC: 0, minuteUTC: 0 }, ref('rows:add'), { text: 'later' });
    `),
  });
  await vi.waitFor(async () => {
    const texts = (await host.value('rows:texts')) as string[];
    expect(texts.filter((text) => text === 'mutation').length).toBeGreaterThan(1);
    expect(texts.filter((text) => text === 'action')).toHaveLength(1);
  }, 10_000);
  expect(host.logs.join('\n')).toContain(
    '[CONVEX rows:add] (cron "wrong") ArgumentValidationError',
  );
});

test('a cron that never ends is stopped and does not come back before its time', async () => {
  await using host = await temporaryHost(
    {
      rows: ROWS,
      crons: crons(`
        crons.interval('endless', { hours: 1 }, ref('rows:loop'));
        crons.interval('fine', { hours: 1 }, ref('rows:add'), { text: 'fine' });
      `),
    },
    { transactionTimeoutMs: 1_000 },
  );
  await vi.waitFor(async () => expect(await host.value('rows:texts')).toEqual(['fine']), 10_000);
  await vi.waitFor(
    () => expect(host.logs.join('\n')).toContain('(cron "endless") Function execution timed out'),
    10_000,
  );
});

test.each([
  [`crons.hourly('a', { minuteUTC: 0 }, ref('rows:none'));`, '"a" runs rows:none, which does not'],
  [`crons.hourly('a', { minuteUTC: 0 }, ref('rows:texts'));`, '"a" runs rows:texts, which is a'],
  [`crons.cron('a', '0 0 30 2 *', ref('rows:add'), { text: '' });`, '"a" cannot be scheduled'],
])('%s is refused when it is deployed', async (lines, words) => {
  await using host = await temporaryHost({ rows: ROWS });
  await expect(host.push({ rows: ROWS, crons: crons(lines) })).rejects.toMatchObject({
    code: 'InvalidCron',
    message: expect.stringContaining(words),
  });
  await expect(host.push({ crons: 'export default 1;' })).rejects.toThrow(/cronJobs\(\)/);
});
