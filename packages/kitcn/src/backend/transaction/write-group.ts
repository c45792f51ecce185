import type { Connection } from '../storage/connection.ts';
import type { CommitTimes } from './commit-clock.ts';
import type { Catalog } from '../storage/catalog.ts';
import { MutationTransaction } from './mutation-transaction.ts';
import type { Committed } from './mutation-transaction.ts';
import { TransactionView } from './transaction-view.ts';
import type { TransactionLimits } from './transaction-usage.ts';
import type { WriteTransaction } from './transaction.ts';

export interface WriteGroupOptions {
  readonly connection: Connection;
  readonly catalog: Catalog;
  readonly lastTimes: CommitTimes;
  readonly limits: TransactionLimits | undefined;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Called once, with what was committed in order; with nothing after a rollback. */
  readonly onEnd: (committed: readonly Committed[]) => void;
}

/**
 * Write transactions one after the other that reach the disk together: each is a savepoint in one SQLite transaction,
 * sees what those before it wrote, and has a timestamp of its own. None of them counts before the group's `commit`.
 */
export class WriteGroup {
  readonly #options: WriteGroupOptions;
  readonly #committed: Committed[] = [];
  #catalog: Catalog;
  #times: CommitTimes;
  /** Of the last member. */
  #view: TransactionView | null = null;
  #isOpen = true;

  constructor(options: WriteGroupOptions) {
    this.#options = options;
    this.#catalog = options.catalog;
    this.#times = options.lastTimes;
    options.connection.run('BEGIN IMMEDIATE');
  }

  /** The one before must have ended. */
  begin(): WriteTransaction {
    const { connection, now, limits } = this.#options;
    connection.run('SAVEPOINT member');
    const view = new TransactionView(connection, this.#catalog, { limits });
    this.#view = view;
    const onEnd = (committed: Committed | null): void => {
      if (committed !== null) this.#add(committed);
    };
    return new MutationTransaction({ view, lastTimes: this.#times, now, onEnd });
  }

  /** Durable once this returns; if it throws, all is taken back. */
  commit(): void {
    const { connection, lastTimes } = this.#options;
    const { timestamp, creationTime } = this.#times;
    try {
      if (timestamp !== lastTimes.timestamp) {
        connection.run(
          'UPDATE meta SET commit_timestamp = ?, creation_time = ?',
          timestamp,
          creationTime,
        );
      }
      connection.run('COMMIT');
    } catch (error) {
      this.end();
      throw error;
    }
    this.#isOpen = false;
    this.#options.onEnd(this.#committed);
  }

  /** Takes everything back, unless it is committed. */
  end(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#view?.end();
    try {
      this.#options.connection.rollback();
    } finally {
      this.#options.onEnd([]);
    }
  }

  #add(committed: Committed): void {
    this.#committed.push(committed);
    this.#catalog = committed.catalog;
    this.#times = committed.times;
  }
}
