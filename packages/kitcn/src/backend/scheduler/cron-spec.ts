import type { JSONValue } from 'convex/values';
import { messageOf } from '../../shared/message-of.ts';
import { BackendError } from '../backend-error.ts';
import type { RegisteredFunction } from '../functions/registered-function.ts';
import { parseFunctionPath } from '../functions/function-path.ts';
import { nextRun } from './cron-schedule.ts';
import type { CronSchedule, TimedCron } from './cron-schedule.ts';

/** One entry of `crons.ts`. */
export interface CronSpec extends TimedCron {
  /** `folder/module:export` */
  readonly path: string;
  /** One Convex-encoded JSON object. */
  readonly args: JSONValue;
}

/** What `cronJobs().export()` writes, by the names of the crons. */
type ExportedCrons = Record<string, { name: string; args: [JSONValue]; schedule: CronSchedule }>;

/**
 * The crons of a `crons` module, which may only run functions that are there and can be run in the background. Code
 * `InvalidCron`, with the name of the cron.
 */
export function parseCrons(
  crons: unknown,
  functions: ReadonlyMap<string, RegisteredFunction>,
): CronSpec[] {
  if (!isCrons(crons)) {
    throw invalid('crons: the default export must be made by cronJobs().');
  }
  // `convex/server` wrote it, and checked the numbers.
  const exported = JSON.parse(crons.export()) as ExportedCrons;
  return Object.entries(exported).map(([name, { name: target, args, schedule }]) => {
    const spec = { name, path: parseFunctionPath(target), args: args[0], schedule };
    const reason = whyNotRunnable(spec, functions);
    if (reason !== null) throw invalid(`crons: "${name}" ${reason}.`);
    return spec;
  });
}

function whyNotRunnable(
  spec: CronSpec,
  functions: ReadonlyMap<string, RegisteredFunction>,
): string | null {
  const target = functions.get(spec.path);
  if (target === undefined) return `runs ${spec.path}, which does not exist`;
  if (target.kind === 'query') return `runs ${spec.path}, which is a query and can change nothing`;
  try {
    nextRun(spec, 0, 0);
    return null;
  } catch (error) {
    return `cannot be scheduled: ${messageOf(error)}`;
  }
}

function isCrons(value: unknown): value is { export(): string } {
  return typeof value === 'object' && value !== null && 'isCrons' in value && 'export' in value;
}

function invalid(message: string): BackendError {
  return new BackendError(400, 'InvalidCron', message);
}
