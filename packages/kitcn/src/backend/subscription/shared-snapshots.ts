import type { Transactions } from '../functions/transactions.ts';
import type { ChangeSet, Snapshot } from '../transaction/transaction.ts';

/** A share in a snapshot. */
export interface SnapshotLease {
  readonly snapshot: Snapshot;
  /** Any number of times. */
  release(): void;
}

export interface Commit {
  readonly changes: ChangeSet;
  readonly timestamp: bigint;
}

interface OpenSnapshot {
  readonly snapshot: Snapshot;
  users: number;
}

/** Lets everybody who reads between two commits share one read transaction. */
export class SharedSnapshots {
  readonly #transactions: Transactions;
  readonly #open = new Set<OpenSnapshot>();
  /** Since the oldest snapshot that is open. */
  #commits: Commit[] = [];
  #newest: OpenSnapshot | null = null;

  constructor(transactions: Transactions) {
    this.#transactions = transactions;
  }

  /** The state of the last commit. */
  acquire(): SnapshotLease {
    const open = this.#openNewest();
    open.users += 1;
    let isReleased = false;
    return {
      snapshot: open.snapshot,
      release: () => {
        if (isReleased) return;
        isReleased = true;
        open.users -= 1;
        if (open.users === 0) this.#end(open);
      },
    };
  }

  onCommit(commit: Commit): void {
    if (this.#open.size > 0) this.#commits.push(commit);
  }

  /** Commits after a snapshot that is still open. */
  commitsAfter(timestamp: bigint): Commit[] {
    return this.#commits.filter((commit) => commit.timestamp > timestamp);
  }

  /** From now on a new snapshot is taken: tables or indexes have changed without a commit. */
  renew(): void {
    this.#newest = null;
  }

  #openNewest(): OpenSnapshot {
    const newest = this.#newest;
    if (newest !== null && newest.snapshot.timestamp === this.#transactions.timestamp) {
      return newest;
    }
    const opened = { snapshot: this.#transactions.openSnapshot(), users: 0 };
    this.#open.add(opened);
    this.#newest = opened;
    return opened;
  }

  #end(ended: OpenSnapshot): void {
    if (this.#newest === ended) this.#newest = null;
    this.#open.delete(ended);
    ended.snapshot.end();
    // Snapshots are in the order in which they were taken.
    const [oldest] = this.#open;
    this.#commits = oldest === undefined ? [] : this.commitsAfter(oldest.snapshot.timestamp);
  }
}
