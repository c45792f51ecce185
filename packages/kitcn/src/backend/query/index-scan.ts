import { intervalBehind } from '../index/key-interval.ts';
import type { KeyInterval } from '../index/key-interval.ts';
import type { Index } from '../storage/catalog.ts';
import { keyOf } from '../storage/documents.ts';
import type { IndexRow } from '../storage/documents.ts';
import type { ScanTrace } from '../transaction/read-set.ts';
import type { TransactionUsage } from '../transaction/transaction-usage.ts';
import type { TransactionView } from '../transaction/transaction-view.ts';

export interface ScanSource {
  readonly index: Index;
  readonly interval: KeyInterval;
  readonly isDescending: boolean;
  /** Whether the limits of the transaction apply. */
  readonly isCounted: boolean;
}

const SMALLEST_BATCH = 16;
const LARGEST_BATCH = 256;
const LARGE_BATCH_CHARACTERS = 1_000_000;

/**
 * Walks an index in batches. What the transaction writes between two steps shows in the next one: rows read ahead are
 * dropped, and the walk goes on behind the last one, whether or not that still exists.
 */
export class IndexScan {
  readonly #view: TransactionView;
  readonly #source: ScanSource;
  readonly #trace: ScanTrace | null;
  readonly #usage: TransactionUsage | null;
  #batch: readonly IndexRow[] = [];
  #position = 0;
  #batchSize: number;
  #isLastBatch = false;
  #lastRow: IndexRow | null = null;
  #changeCount: number;

  /** `firstBatch`: how many rows the caller expects to need. */
  constructor(view: TransactionView, source: ScanSource, firstBatch: number = SMALLEST_BATCH) {
    this.#view = view;
    this.#source = source;
    this.#usage = source.isCounted ? view.usage : null;
    this.#usage?.countQuery();
    this.#trace = view.reads?.addScan(source) ?? null;
    this.#batchSize = Math.min(Math.max(firstBatch, 1), LARGEST_BATCH);
    this.#changeCount = view.changeCount;
  }

  next(): IndexRow | null {
    if (this.#changeCount !== this.#view.changeCount) this.#forget();
    if (this.#position === this.#batch.length) this.#fetch();
    const row = this.#batch[this.#position];
    if (row === undefined) {
      if (this.#trace !== null) this.#trace.isExhausted = true;
      return null;
    }
    this.#usage?.countRead(row.size);
    this.#position += 1;
    this.#lastRow = row;
    if (this.#trace !== null) this.#trace.lastRow = row;
    return row;
  }

  #forget(): void {
    this.#changeCount = this.#view.changeCount;
    this.#batch = [];
    this.#position = 0;
    this.#batchSize = SMALLEST_BATCH;
    this.#isLastBatch = false;
  }

  #fetch(): void {
    if (this.#isLastBatch) return;
    const { index, interval, isDescending } = this.#source;
    const last = this.#lastRow;
    this.#batch = this.#view.scan({
      index,
      interval:
        last === null ? interval : intervalBehind(interval, keyOf(last, index), isDescending),
      isDescending,
      limit: this.#batchSize,
    });
    this.#position = 0;
    this.#isLastBatch = this.#batch.length < this.#batchSize;
    const characters = this.#batch.reduce((total, { json }) => total + json.length, 0);
    this.#batchSize =
      characters > LARGE_BATCH_CHARACTERS
        ? SMALLEST_BATCH
        : Math.min(Math.max(this.#batchSize, SMALLEST_BATCH) * 2, LARGEST_BATCH);
  }
}
