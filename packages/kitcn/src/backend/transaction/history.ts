import { BackendError } from '../backend-error.ts';
import type { StoredDocument } from '../storage/documents.ts';
import type { ChangeSet } from './transaction.ts';

/** A document before a commit changed it; `null` if it did not exist. */
export interface PastVersion {
  readonly tableNumber: number;
  readonly id: string;
  readonly before: StoredDocument | null;
}

interface PastCommit {
  readonly timestamp: bigint;
  readonly versions: readonly PastVersion[];
  readonly bytes: number;
}

/** Convex's clients count on this long. */
const KEEP_NANOSECONDS = 30_000_000_000n;
/** How many bytes of documents are kept, however young; they cost about three times that in memory. */
const MOST_BYTES = 32 * 1024 * 1024;
/** What a version costs besides its document. */
const VERSION_BYTES = 64;

/**
 * What the commits of the last 30 seconds overwrote and removed, in memory: so the states of that time can be read,
 * and a write costs no more than it would without. A database that is opened anew remembers nothing of before.
 */
export class History {
  readonly #commits: PastCommit[] = [];
  /** Of the oldest state that can be read. */
  #oldest: bigint;
  #newest: bigint;
  #bytes = 0;

  constructor(timestamp: bigint) {
    this.#oldest = timestamp;
    this.#newest = timestamp;
  }

  add(timestamp: bigint, { documents }: ChangeSet): void {
    this.#newest = timestamp;
    if (documents.length > 0) {
      let bytes = 0;
      const versions: PastVersion[] = [];
      for (const { table, before, after } of documents) {
        const id = before?.document._id ?? after?._id;
        if (id === undefined) continue;
        versions.push({ tableNumber: table.number, id, before });
        bytes += VERSION_BYTES + (before?.size ?? 0);
      }
      this.#commits.push({ timestamp, versions, bytes });
      this.#bytes += bytes;
    }
    this.#forget(timestamp - KEEP_NANOSECONDS);
  }

  /**
   * What the commits after a timestamp changed, oldest first. Codes `TimestampInFuture`, and `OutOfRetention` if it is
   * more than 30 seconds before `now` (or less, after many writes or a restart) and something has changed since.
   */
  after(timestamp: bigint, now: bigint): PastVersion[] {
    if (timestamp > this.#newest) {
      throw new BackendError(
        400,
        'TimestampInFuture',
        'The timestamp is later than the last commit. Use one that /api/query_ts answers.',
      );
    }
    this.#forget(now - KEEP_NANOSECONDS);
    if (timestamp < this.#oldest) {
      throw new BackendError(
        503,
        'OutOfRetention',
        'The state at this timestamp is not kept any more: that is done for 30 seconds. Get another one from /api/query_ts.',
      );
    }
    const later = this.#commits.filter((commit) => commit.timestamp > timestamp);
    return later.flatMap(({ versions }) => versions);
  }

  #forget(before: bigint): void {
    let count = 0;
    for (const { timestamp, bytes } of this.#commits) {
      if (timestamp >= before && this.#bytes <= MOST_BYTES) break;
      this.#bytes -= bytes;
      this.#oldest = timestamp;
      count += 1;
    }
    if (count > 0) this.#commits.splice(0, count);
  }
}
