import type { Database } from '../storage/database.ts';
import type {
  ChangeSet,
  ReadTransaction,
  Snapshot,
  WriteTransaction,
} from '../transaction/transaction.ts';
import type { WriteGroup } from '../transaction/write-group.ts';
import type { ValidationContext } from '../values/validate-value.ts';
import { freezeWorld } from './execution.ts';
import type { DueJob, TransactionState, WorldSource } from './execution.ts';
import { UserTime } from './user-time.ts';
import { WriteQueue } from './write-queue.ts';

export interface WriteState extends TransactionState {
  readonly transaction: WriteTransaction;
}

/** What follows a commit, in the same tick. */
export interface CommitEvents {
  onScheduled(jobs: readonly DueJob[]): void;
  onCommit(changes: ChangeSet, timestamp: bigint): void;
}

/** Opens and ends the transactions of one database: many readers, one writer at a time. */
export class Transactions implements ValidationContext {
  readonly #database: Database;
  readonly #events: CommitEvents;
  readonly #worlds: WorldSource;
  readonly #writers: WriteQueue;

  constructor(database: Database, events: CommitEvents, worlds: WorldSource) {
    this.#database = database;
    this.#events = events;
    this.#worlds = worlds;
    this.#writers = new WriteQueue({
      openGroup: () => database.beginGroup(),
      isGrouping: database.waitsForDisk,
      clock: worlds.clock,
    });
  }

  /** Of the last commit. */
  get timestamp(): bigint {
    return this.#database.timestamp;
  }

  /** The state of the last commit, for as long as the caller keeps it. */
  openSnapshot(): Snapshot {
    return this.#database.beginRead();
  }

  /** A state of the last 30 seconds. Codes `TimestampInFuture` and `OutOfRetention`. */
  openSnapshotAt(timestamp: bigint): Snapshot {
    return this.#database.beginReadAt(timestamp);
  }

  /** Asked only for validators of ids, so it is not worth keeping a transaction for it. */
  tableNumberOf(table: string): number | null {
    return this.#database.tableNumberOf(table);
  }

  async read<T>(work: (state: TransactionState) => T | Promise<T>): Promise<T> {
    const transaction = this.#database.beginRead();
    try {
      return await work(createState(transaction, this.#worlds));
    } finally {
      transaction.end();
    }
  }

  /**
   * Commits what `work` wrote, or nothing if it throws; either is told when everything that it saw is on disk.
   * `onCommit` runs in the same tick as the commit: nothing else of this thread comes between them but other writes of
   * the same group, and no subscriber hears of the commit before.
   */
  write<T>(
    work: (state: WriteState) => T | Promise<T>,
    onCommit?: (result: T, timestamp: bigint) => void,
  ): Promise<T> {
    return new Promise((resolve, reject) => {
      let onCommitted = (): void => {};
      let begin: (group: WriteGroup) => void = () => {};
      const turn = new Promise<WriteGroup>((resolveTurn) => (begin = resolveTurn));
      // What is awaited goes on in the context of this call; the queue does in that of whoever came first.
      const runInTurn = async (): Promise<void> => {
        const group = await turn;
        const transaction = group.begin();
        const state = createState(transaction, this.#worlds);
        try {
          const result = await work(state);
          const { changes } = transaction;
          const timestamp = transaction.commit();
          onCommitted = () => {
            onCommit?.(result, timestamp);
            this.#events.onCommit(changes, timestamp);
            if (state.dueJobs.length > 0) this.#events.onScheduled(state.dueJobs);
            resolve(result);
          };
        } catch (error) {
          const failure = transaction.failure ?? error;
          onCommitted = () => reject(failure);
          endMember(transaction, failure);
        }
      };
      const ended = runInTurn();
      this.#writers.add({
        run(group) {
          begin(group);
          return ended;
        },
        onCommitted: () => {
          try {
            onCommitted();
          } catch (error) {
            reject(error);
          }
        },
        onLost: reject,
      });
    });
  }

  /** Commits nothing but the passing of time, if the last commit is older than `timestamp`. */
  async passTime(timestamp: bigint): Promise<void> {
    if (this.timestamp >= timestamp) return;
    await this.write(({ transaction }) => transaction.touch());
  }

  /** Does `work` while no writer is open. */
  exclusive<T>(work: () => T | Promise<T>): Promise<T> {
    return this.#writers.exclusive(work);
  }
}

/** Takes back what it wrote. A disk that failed may have taken the group with it, which is lost then. */
function endMember(transaction: WriteTransaction, failure: unknown): void {
  try {
    transaction.end();
  } catch {
    throw failure;
  }
}

export function createState<T extends ReadTransaction>(
  transaction: T,
  worlds: WorldSource,
): TransactionState & { readonly transaction: T } {
  const observed = { identity: false, clock: false };
  const userTime = new UserTime();
  return { transaction, world: freezeWorld(worlds), observed, userTime, dueJobs: [] };
}
