import { FunctionFailure } from '../functions/function-failure.ts';
import type { Invocation } from '../functions/function-runner.ts';
import type { WriteState } from '../functions/transactions.ts';
import { readCron, writeCron } from '../storage/cron-rows.ts';
import type { CronRow } from '../storage/cron-rows.ts';
import type { WriteTransaction } from '../transaction/transaction.ts';
import { nextRun } from './cron-schedule.ts';
import type { BackgroundRun } from './run-job.ts';

/** What running a cron needs. */
export interface CronRun extends BackgroundRun {
  readonly name: string;
  onSkip(next: number): void;
}

/**
 * Runs a cron that is due and moves it on to its next time. A mutation commits together with that, so each time happens
 * exactly once; an action is marked before it starts, so it happens at most once. What fails is told, and the next time
 * comes all the same.
 */
export async function runCron(run: CronRun): Promise<void> {
  const row = await run.transactions.write(({ transaction }) => dueCron(transaction, run));
  if (row === null) return;
  try {
    const invocation = run.prepare(row.spec);
    if (invocation.target.kind === 'action') await runActionCron(invocation, run);
    else await runMutationCron(invocation, run);
  } catch (error) {
    if (error instanceof CronNotDue) return;
    if (!(error instanceof FunctionFailure)) throw error;
    run.onFailure(row.spec.path, error);
    await run.transactions.write((state) => moveOn(state, run));
  }
}

async function runMutationCron(invocation: Invocation, run: CronRun): Promise<void> {
  await run.runner.runMutation(invocation, {
    before({ transaction }) {
      if (dueCron(transaction, run) === null) throw new CronNotDue();
    },
    after: (state) => moveOn(state, run),
  });
}

async function runActionCron(invocation: Invocation, run: CronRun): Promise<void> {
  await run.transactions.write(({ transaction }) => {
    const row = dueCron(transaction, run);
    if (row === null) throw new CronNotDue();
    writeCron(transaction.connection, { ...row, lastTime: run.clock.now(), isRunning: true });
  });
  await run.runner.runAction(invocation);
  await run.transactions.write((state) => moveOn(state, run));
}

function dueCron({ connection }: WriteTransaction, { name, clock }: CronRun): CronRow | null {
  const row = readCron(connection, name);
  return row === null || row.isRunning || row.nextTime > clock.now() ? null : row;
}

/** To the next time that is not over yet: what was missed in between is not made up for. */
export function moveOn(
  { transaction: { connection } }: Pick<WriteState, 'transaction'>,
  { name, clock, onSkip }: Pick<CronRun, 'name' | 'clock' | 'onSkip'>,
): void {
  const row = readCron(connection, name);
  // New code took it away, or gave it another schedule while it ran.
  if (row === null) return;
  const now = clock.now();
  const lastTime = row.isRunning ? row.lastTime : now;
  const isStillDue = row.nextTime <= now;
  const nextTime = isStillDue ? nextRun(row.spec, row.nextTime, now) : row.nextTime;
  writeCron(connection, { ...row, nextTime, lastTime, isRunning: false });
  if (isStillDue && nextRun(row.spec, row.nextTime, row.nextTime) < nextTime) {
    onSkip(nextTime);
  }
}

/** New code took it away, or gave it another time, while it waited for its turn. */
class CronNotDue extends Error {
  override readonly name = 'CronNotDue';
}
