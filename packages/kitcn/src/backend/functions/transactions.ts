import type { Database } from '../storage/database.ts';
import type { ReadTransaction, WriteTransaction } from '../transaction/transaction.ts';
import type { ValidationContext } from '../values/validate-value.ts';
import { freezeWorld } from './execution.ts';
import type { DueJob, TransactionState } from './execution.ts';
import { SerialQueue } from './serial-queue.ts';

export interface WriteState extends TransactionState {
  readonly transaction: WriteTransaction;
}

/** Opens and ends the transactions of one database: many readers, one writer at a time. */
export class Transactions implements ValidationContext {
  readonly #database: Database;
  readonly #onScheduled: (jobs: readonly DueJob[]) => void;
  readonly #writers = new SerialQueue();

  constructor(database: Database, onScheduled: (jobs: readonly DueJob[]) => void) {
    this.#database = database;
    this.#onScheduled = onScheduled;
  }

  /** Asked only for validators of ids, so it is not worth keeping a transaction for it. */
  tableNumberOf(table: string): number | null {
    const transaction = this.#database.beginRead();
    try {
      return transaction.tableNumberOf(table);
    } finally {
      transaction.end();
    }
  }

  async read<T>(work: (state: TransactionState) => T | Promise<T>): Promise<T> {
    const transaction = this.#database.beginRead();
    try {
      return await work(createState(transaction));
    } finally {
      transaction.end();
    }
  }

  /**
   * Commits what `work` wrote, or nothing if it throws. `onCommit` runs in the same tick as the commit: nothing else of
   * this thread comes between them.
   */
  write<T>(
    work: (state: WriteState) => T | Promise<T>,
    onCommit?: (result: T) => void,
  ): Promise<T> {
    return this.#writers.run(async () => {
      const transaction = this.#database.beginWrite();
      const state = createState(transaction);
      try {
        const result = await work(state);
        transaction.commit();
        onCommit?.(result);
        if (state.dueJobs.length > 0) this.#onScheduled(state.dueJobs);
        return result;
      } finally {
        // Ends nothing that was committed.
        transaction.end();
      }
    });
  }

  /** Does `work` while no writer is open. */
  exclusive<T>(work: () => T): Promise<T> {
    return this.#writers.run(work);
  }
}

function createState<T extends ReadTransaction>(
  transaction: T,
): TransactionState & { readonly transaction: T } {
  return { transaction, world: freezeWorld(), dueJobs: [] };
}
