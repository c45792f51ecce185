import type { Clock } from '../../shared/clock.ts';
import type { Transactions } from '../functions/transactions.ts';
import { deleteCron, readCron, readCrons, writeCron } from '../storage/cron-rows.ts';
import type { CronRow } from '../storage/cron-rows.ts';
import type { WriteTransaction } from '../transaction/transaction.ts';
import { firstRun } from './cron-schedule.ts';
import type { CronSpec } from './cron-spec.ts';
import { TRANSIENT_ERROR } from './job.ts';
import { moveOn } from './run-cron.ts';
import { RunningWork } from './running-work.ts';

export interface CronRunnerOptions {
  transactions: Transactions;
  clock: Clock;
  /** Runs a cron that is due and moves it on; rejects if it could do neither. */
  runCron(name: string): Promise<void>;
  log: (line: string) => void;
}

const RETRY_MS = 5_000;

/** Runs the crons of the deployed code, each one at a time. Where they stand is in the database. */
export class CronRunner {
  readonly #options: CronRunnerOptions;
  /** When each cron that is not running is due; milliseconds since the epoch. */
  readonly #due = new Map<string, number>();
  readonly #running = new Set<string>();
  readonly #runs = new RunningWork();
  #cancelWait: () => void = () => {};
  #isStopped = false;

  constructor(options: CronRunnerOptions) {
    this.#options = options;
  }

  /** Those that took their thread down are not run again before their next time; `lost` has their errors by name. */
  async recover(lost: ReadonlyMap<string, string>): Promise<void> {
    const { transactions, log } = this.#options;
    await transactions.write((state) => {
      for (const { spec, isRunning } of readCrons(state.transaction.connection)) {
        const { name, path } = spec;
        const error = lost.get(name) ?? (isRunning ? TRANSIENT_ERROR : null);
        if (error === null) continue;
        log(`[CONVEX ${path}] (cron "${name}") ${error}`);
        moveOn(state, { name, ...this.#options, onSkip: () => {} });
      }
    });
  }

  /**
   * Makes the crons those of code that was just deployed, and runs them from now on. One that is as it was keeps its next
   * time; one with a new schedule begins anew.
   */
  async deploy(specs: readonly CronSpec[]): Promise<void> {
    const { transactions, clock } = this.#options;
    const rows = await transactions.write(({ transaction }) => {
      replaceCrons(transaction, specs, clock.now());
      return readCrons(transaction.connection);
    });
    this.#due.clear();
    for (const row of rows) this.#await(row);
    this.#wake();
  }

  /** Resolves when no cron runs. */
  settle(): Promise<void> {
    return this.#runs.settle();
  }

  stop(): void {
    this.#isStopped = true;
    this.#cancelWait();
  }

  #await({ spec, nextTime }: CronRow): void {
    if (!this.#running.has(spec.name)) this.#due.set(spec.name, nextTime);
  }

  #wake(): void {
    this.#cancelWait();
    if (this.#isStopped || this.#due.size === 0) return;
    const { clock } = this.#options;
    const next = Math.min(...this.#due.values());
    this.#cancelWait = clock.after(next - clock.now(), () => this.#runDue());
  }

  #runDue(): void {
    const now = this.#options.clock.now();
    for (const [name, time] of this.#due) {
      if (time > now) continue;
      this.#due.delete(name);
      this.#running.add(name);
      this.#runs.add(this.#run(name));
    }
    this.#wake();
  }

  async #run(name: string): Promise<void> {
    const { runCron, transactions, clock, log } = this.#options;
    try {
      await runCron(name);
      const row = await transactions.write(({ transaction }) =>
        readCron(transaction.connection, name),
      );
      this.#running.delete(name);
      if (row !== null) this.#await(row);
    } catch (error) {
      this.#running.delete(name);
      if (this.#isStopped) return;
      log(`Cron "${name}" could not run, next try in ${RETRY_MS} ms: ${error}`);
      this.#due.set(name, clock.now() + RETRY_MS);
    }
    this.#wake();
  }
}

function replaceCrons(
  { connection }: WriteTransaction,
  specs: readonly CronSpec[],
  now: number,
): void {
  const gone = new Map(readCrons(connection).map((row) => [row.spec.name, row]));
  for (const spec of specs) {
    const before = gone.get(spec.name);
    gone.delete(spec.name);
    const isAsBefore =
      before !== undefined &&
      JSON.stringify(before.spec.schedule) === JSON.stringify(spec.schedule);
    const nextTime = isAsBefore ? before.nextTime : firstRun(spec, now);
    const { lastTime, isRunning } = before ?? { lastTime: null, isRunning: false };
    writeCron(connection, { spec, nextTime, lastTime, isRunning });
  }
  for (const name of gone.keys()) deleteCron(connection, name);
}
