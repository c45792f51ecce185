import type { DueJob } from '../functions/execution.ts';
import type { Transactions } from '../functions/transactions.ts';
import type { WriteTransaction } from '../transaction/transaction.ts';
import { DueQueue } from './due-queue.ts';
import { JOBS_TABLE, TRANSIENT_ERROR, jobsInState, setJobState } from './job.ts';
import { finishJob } from './run-job.ts';

export interface SchedulerOptions {
  transactions: Transactions;
  /** Runs a job and stores its outcome; rejects if it could do neither. */
  runJob(id: string): Promise<void>;
  log: (line: string) => void;
}

/** A job that took its thread down. */
export interface LostJob {
  id: string;
  error: string;
}

const MOST_RUNNING = 8;
/** `setTimeout` cannot wait longer than 2^31 ms; waking up early does no harm. */
const LONGEST_WAIT_MS = 60 * 60 * 1000;
const FIRST_RETRY_MS = 500;
const LAST_RETRY_MS = 2 * 60 * 60 * 1000;
const KEEP_FINISHED_MS = 7 * 24 * 60 * 60 * 1000;

/** Runs the jobs of `_scheduled_functions` when they are due. */
export class Scheduler {
  readonly #options: SchedulerOptions;
  readonly #queue = new DueQueue();
  readonly #attempts = new Map<string, number>();
  #running = 0;
  #timer: NodeJS.Timeout | undefined;
  #isStarted = false;

  constructor(options: SchedulerOptions) {
    this.#options = options;
  }

  /** Brings the table in order after a stop: an action that was running may have done anything and is not run again. */
  async recover(lost: readonly LostJob[]): Promise<void> {
    const { transactions } = this.#options;
    for (const { id, error } of lost) await finishJob(id, { kind: 'failed', error }, transactions);
    await transactions.write(({ transaction }) => {
      const interrupted = Array.from(jobsInState(transaction, 'inProgress'), ({ id }) => id);
      for (const id of interrupted) {
        setJobState(transaction, id, { kind: 'failed', error: TRANSIENT_ERROR });
      }
      for (const { id, scheduledTime } of jobsInState(transaction, 'pending')) {
        this.#queue.add({ id, time: scheduledTime });
      }
      removeOldJobs(transaction);
    });
  }

  /** From now on jobs run; there is code for them. */
  start(): void {
    this.#isStarted = true;
    this.#wake();
  }

  add(jobs: readonly DueJob[]): void {
    for (const job of jobs) this.#queue.add(job);
    this.#wake();
  }

  stop(): void {
    this.#isStarted = false;
    clearTimeout(this.#timer);
  }

  #wake(): void {
    clearTimeout(this.#timer);
    if (!this.#isStarted || this.#running >= MOST_RUNNING) return;
    const next = this.#queue.nextTime;
    if (next === null) return;
    const wait = Math.min(Math.max(next - Date.now(), 0), LONGEST_WAIT_MS);
    this.#timer = setTimeout(() => this.#runDue(), Math.ceil(wait));
  }

  #runDue(): void {
    while (this.#running < MOST_RUNNING) {
      const job = this.#queue.take(Date.now());
      if (job === undefined) break;
      this.#running += 1;
      void this.#run(job).finally(() => {
        this.#running -= 1;
        this.#wake();
      });
    }
    this.#wake();
  }

  async #run({ id }: DueJob): Promise<void> {
    try {
      await this.#options.runJob(id);
      this.#attempts.delete(id);
    } catch (error) {
      const attempts = this.#attempts.get(id) ?? 0;
      this.#attempts.set(id, attempts + 1);
      const wait = Math.min(FIRST_RETRY_MS * 2 ** attempts, LAST_RETRY_MS);
      this.#options.log(`Scheduled job ${id} could not run, next try in ${wait} ms: ${error}`);
      this.#queue.add({ id, time: Date.now() + wait });
    }
  }
}

function removeOldJobs(transaction: WriteTransaction): void {
  const oldest = Date.now() - KEEP_FINISHED_MS;
  for (const kind of ['success', 'failed', 'canceled'] as const) {
    const old: string[] = [];
    for (const { id, scheduledTime } of jobsInState(transaction, kind)) {
      if (scheduledTime >= oldest) break;
      old.push(id);
    }
    for (const id of old) transaction.remove(id, JOBS_TABLE, 'system');
  }
}
