import { DocumentReader } from './document-reader.ts';
import type { ReadSet } from './read-set.ts';
import type { ReadTransaction, Snapshot } from './transaction.ts';
import { TransactionView } from './transaction-view.ts';

export interface SnapshotOptions {
  readonly view: TransactionView;
  readonly timestamp: bigint;
  /** Gives the connection back; called once. */
  readonly onEnd: () => void;
}

/** Reads of the state at one commit, on a connection of its own. */
export class SnapshotTransaction extends DocumentReader implements Snapshot {
  readonly timestamp: bigint;
  readonly #view: TransactionView;
  readonly #onEnd: () => void;

  constructor({ view, timestamp, onEnd }: SnapshotOptions) {
    super(view);
    this.timestamp = timestamp;
    this.#view = view;
    this.#onEnd = onEnd;
  }

  recording(reads: ReadSet): ReadTransaction {
    const { connection, catalog, past, limits } = this.#view;
    return new SnapshotTransaction({
      view: new TransactionView(connection, catalog, { reads, past, limits }),
      timestamp: this.timestamp,
      onEnd: () => {},
    });
  }

  end(): void {
    if (!this.#view.isOpen) return;
    this.#view.end();
    this.#onEnd();
  }
}
