import type { Clock } from '../../shared/clock.ts';
import type { DueJob } from '../functions/execution.ts';
import type { Transactions } from '../functions/transactions.ts';
import { DueQueue } from './due-queue.ts';
import { TRANSIENT_ERROR, jobsInState, setJobState } from './job.ts';
import { removeOldJobs } from './old-jobs.ts';
import { finishJob } from './run-job.ts';
import { RunningWork } from './running-work.ts';

export interface SchedulerOptions {
  transactions: Transactions;
  clock: Clock;
  /** Runs a job and stores its outcome; rejects if it could do neither. */
  runJob(id: string): Promise<void>;
  log: (line: string) => void;
  /** Whether it removes old jobs, and old answers to mutations, now and from time to time. */
  isTidy: boolean;
}

const MOST_RUNNING = 8;
const FIRST_RETRY_MS = 500;
const LAST_RETRY_MS = 2 * 60 * 60 * 1000;
const TIDY_EVERY_MS = 60 * 60 * 1000;

/** Runs the jobs of `_scheduled_functions` when they are due. */
export class Scheduler {
  readonly #options: SchedulerOptions;
  readonly #queue = new DueQueue();
  readonly #attempts = new Map<string, number>();
  readonly #running = new RunningWork();
  #cancelWait: () => void = () => {};
  #cancelTidying: () => void = () => {};
  #isStarted = false;

  constructor(options: SchedulerOptions) {
    this.#options = options;
  }

  /**
   * Brings the table in order after a stop: an action that was running may have done anything and is not run again, nor
   * is a job that took its thread down, whose error is in `lost` by its id.
   */
  async recover(lost: ReadonlyMap<string, string>): Promise<void> {
    const { transactions, clock } = this.#options;
    for (const [id, error] of lost) await finishJob(id, { kind: 'failed', error }, this.#options);
    await transactions.write(({ transaction }) => {
      const interrupted = Array.from(jobsInState(transaction, 'inProgress'), ({ id }) => id);
      const writer = { transaction, now: clock.now() };
      for (const id of interrupted) {
        setJobState(writer, id, { kind: 'failed', error: TRANSIENT_ERROR });
      }
      for (const { id, scheduledTime } of jobsInState(transaction, 'pending')) {
        this.#queue.add({ id, time: scheduledTime });
      }
    });
  }

  /** From now on jobs run; there is code for them. */
  start(): void {
    if (this.#isStarted) return;
    this.#isStarted = true;
    this.#wake();
    if (this.#options.isTidy) void this.#tidy();
  }

  /** Resolves when no job runs. */
  settle(): Promise<void> {
    return this.#running.settle();
  }

  add(jobs: readonly DueJob[]): void {
    for (const job of jobs) this.#queue.add(job);
    this.#wake();
  }

  stop(): void {
    this.#isStarted = false;
    this.#cancelWait();
    this.#cancelTidying();
  }

  #wake(): void {
    this.#cancelWait();
    if (!this.#isStarted || this.#running.count >= MOST_RUNNING) return;
    const next = this.#queue.nextTime;
    if (next === null) return;
    const { clock } = this.#options;
    this.#cancelWait = clock.after(next - clock.now(), () => this.runDue());
  }

  /** Starts what is due by now, without waiting for its timer. */
  runDue(): void {
    while (this.#running.count < MOST_RUNNING) {
      const job = this.#queue.take(this.#options.clock.now());
      if (job === undefined) break;
      const run = this.#run(job);
      this.#running.add(run);
      void run.then(() => this.#wake());
    }
    this.#wake();
  }

  async #run({ id }: DueJob): Promise<void> {
    const { runJob, clock, log } = this.#options;
    try {
      await runJob(id);
      this.#attempts.delete(id);
    } catch (error) {
      const attempts = this.#attempts.get(id) ?? 0;
      this.#attempts.set(id, attempts + 1);
      const wait = Math.min(FIRST_RETRY_MS * 2 ** attempts, LAST_RETRY_MS);
      log(`Scheduled job ${id} could not run, next try in ${wait} ms: ${error}`);
      this.#queue.add({ id, time: clock.now() + wait });
    }
  }

  async #tidy(): Promise<void> {
    const { transactions, clock, log } = this.#options;
    const hasMore = await transactions
      .write(({ transaction }) => {
        transaction.dropOldOutcomes();
        return removeOldJobs(transaction, clock.now());
      })
      .catch((error: unknown) => log(`Old jobs and answers could not be removed: ${error}`));
    if (!this.#isStarted) return;
    this.#cancelTidying = clock.after(hasMore ? 0 : TIDY_EVERY_MS, () => void this.#tidy());
  }
}
