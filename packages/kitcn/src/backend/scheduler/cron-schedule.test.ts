import { expect, test } from 'vitest';
import { firstRun, nextRun } from './cron-schedule.ts';
import type { CronSchedule } from './cron-schedule.ts';

const at = (text: string): number => Date.parse(`${text}Z`);
const text = (time: number): string => new Date(time).toISOString().slice(0, 19);

// A Tuesday.
const NOW = '2024-02-27T10:20:30';

test.each<[CronSchedule, string, string]>([
  [{ type: 'hourly', minuteUTC: 5 }, '2024-02-27T11:05:00', '2024-02-27T12:05:00'],
  [{ type: 'daily', hourUTC: 10, minuteUTC: 21 }, '2024-02-27T10:21:00', '2024-02-28T10:21:00'],
  [{ type: 'daily', hourUTC: 0, minuteUTC: 0 }, '2024-02-28T00:00:00', '2024-02-29T00:00:00'],
  [
    { type: 'weekly', dayOfWeek: 'sunday', hourUTC: 9, minuteUTC: 30 },
    '2024-03-03T09:30:00',
    '2024-03-10T09:30:00',
  ],
  [
    { type: 'weekly', dayOfWeek: 'thursday', hourUTC: 9, minuteUTC: 0 },
    '2024-02-29T09:00:00',
    '2024-03-07T09:00:00',
  ],
  // Months without such a day are passed over.
  [
    { type: 'monthly', day: 31, hourUTC: 0, minuteUTC: 0 },
    '2024-03-31T00:00:00',
    '2024-05-31T00:00:00',
  ],
  [{ type: 'cron', cron: '*/15 * * * *' }, '2024-02-27T10:30:00', '2024-02-27T10:45:00'],
  [{ type: 'cron', cron: '0 0 29 2 *' }, '2024-02-29T00:00:00', '2028-02-29T00:00:00'],
  [{ type: 'cron', cron: '0 16 * * 1-5' }, '2024-02-27T16:00:00', '2024-02-28T16:00:00'],
])('%j', (schedule, first, second) => {
  const cron = { name: 'a', schedule };
  expect(text(firstRun(cron, at(NOW)))).toBe(first);
  expect(text(nextRun(cron, at(first), at(first)))).toBe(second);
});

test('an interval begins at once and keeps its beat', () => {
  const cron = { name: 'a', schedule: { type: 'interval', minutes: 10 } } as const;
  const start = firstRun(cron, at(NOW));
  expect(text(start)).toBe(NOW);
  expect(text(nextRun(cron, start, start + 5))).toBe('2024-02-27T10:30:30');
  expect(text(nextRun(cron, start, at('2024-02-27T12:00:00')))).toBe('2024-02-27T12:00:30');
  // Whatever was due exactly now has just run.
  expect(text(nextRun(cron, start, at('2024-02-27T10:30:30')))).toBe('2024-02-27T10:40:30');
  // A clock that was moved back.
  expect(text(nextRun(cron, start, start - 100_000))).toBe('2024-02-27T10:30:30');
});

test('a minute that is left open is always the same one of a name, and not that of every name', () => {
  const minuteOf = (name: string): number =>
    new Date(firstRun({ name, schedule: { type: 'hourly' } }, at(NOW))).getUTCMinutes();
  expect(minuteOf('a')).toBe(minuteOf('a'));
  const minutes = new Set(Array.from({ length: 50 }, (_, index) => minuteOf(`cron ${index}`)));
  expect(minutes.size).toBeGreaterThan(10);
});

test.each(['0 0 30 2 *', '* * * *', '0 0 0 0 0 0', '61 * * * *', '@daily', ''])(
  '"%s" is never due',
  (cron) => {
    expect(() => firstRun({ name: 'a', schedule: { type: 'cron', cron } }, at(NOW))).toThrow();
  },
);
