import { createHash } from 'node:crypto';
import { Cron } from 'croner';

/** When a cron runs, as `cronJobs().export()` writes it; all times are UTC. */
export type CronSchedule =
  | { type: 'interval'; seconds?: number; minutes?: number; hours?: number }
  | { type: 'hourly'; minuteUTC?: number }
  | { type: 'daily'; hourUTC: number; minuteUTC?: number }
  | { type: 'weekly'; dayOfWeek: string; hourUTC: number; minuteUTC?: number }
  | { type: 'monthly'; day: number; hourUTC: number; minuteUTC?: number }
  | { type: 'cron'; cron: string };

/** A cron whose times are asked for. */
export interface TimedCron {
  readonly name: string;
  readonly schedule: CronSchedule;
}

const MINUTE_MS = 60_000;

/** When a cron that is deployed at `now` runs first: an interval at once, anything else at its next time. */
export function firstRun(cron: TimedCron, now: number): number {
  return cron.schedule.type === 'interval' ? now : nextRun(cron, now, now);
}

/**
 * The first time after `now` at which a cron is due that was last due at `previous`; milliseconds since the epoch. Throws
 * a `RangeError` if that is never.
 */
export function nextRun(cron: TimedCron, previous: number, now: number): number {
  const { schedule } = cron;
  if (schedule.type === 'interval') {
    const period = periodOf(schedule);
    const periods = Math.max(Math.floor((now - previous) / period) + 1, 1);
    return previous + periods * period;
  }
  const pattern = patternOf(cron, schedule);
  const next = new Cron(pattern, { timezone: 'UTC', mode: '5-part' }).nextRun(new Date(now));
  if (next !== null) return next.getTime();
  throw new RangeError(`"${pattern}" is never due`);
}

function periodOf(schedule: CronSchedule & { type: 'interval' }): number {
  const { seconds = 0, minutes = 0, hours = 0 } = schedule;
  const period = seconds * 1_000 + minutes * MINUTE_MS + hours * 60 * MINUTE_MS;
  if (period >= 1_000) return period;
  throw new RangeError('an interval must be a second or more');
}

function patternOf(
  { name }: TimedCron,
  schedule: Exclude<CronSchedule, { type: 'interval' }>,
): string {
  if (schedule.type === 'cron') {
    const pattern = schedule.cron.trim();
    // croner's names for patterns, which Convex does not know.
    if (pattern.startsWith('@')) throw new RangeError(`"${pattern}" has no five fields`);
    return pattern;
  }
  const minute = schedule.minuteUTC ?? minuteOf(name);
  switch (schedule.type) {
    case 'hourly':
      return `${minute} * * * *`;
    case 'daily':
      return `${minute} ${schedule.hourUTC} * * *`;
    case 'weekly':
      return `${minute} ${schedule.hourUTC} * * ${schedule.dayOfWeek.slice(0, 3)}`;
    case 'monthly':
      return `${minute} ${schedule.hourUTC} ${schedule.day} * *`;
  }
}

/** The minute of a cron that leaves it to the backend: always the same for one name. */
function minuteOf(name: string): number {
  return createHash('sha256').update(name).digest().readUInt32BE() % 60;
}
