import type { Clock } from '../../shared/clock.ts';
import type { FunctionResult, LiveQueryChange, LiveSnapshot } from '../functions/function-host.ts';
import type { Transactions } from '../functions/transactions.ts';
import type { ChangeSet, Snapshot } from '../transaction/transaction.ts';
import { isObjectValue } from '../values/value-kind.ts';
import { LimitedQueue } from './limited-queue.ts';
import { activityIdOf, keysOf } from './query-request.ts';
import type { QueryRequest } from './query-request.ts';
import { QueryResult } from './query-result.ts';
import type { QueryRun } from './query-result.ts';
import { QueryResults } from './query-results.ts';
import { SharedSnapshots } from './shared-snapshots.ts';
import { WatchedQueries } from './watched-queries.ts';

export interface QueryServiceOptions {
  transactions: Transactions;
  clock: Clock;
  /** How much the cache may hold. */
  cacheBytes: number;
  /** Runs a query in a snapshot as the call of a number on the activity board. */
  run(snapshot: Snapshot, request: QueryRequest, activityId: number): Promise<QueryRun>;
  /** Some result of a set is no longer the present one. */
  onStale(setId: number): void;
}

/** Functions wait for nothing but each other, so more at once would only be slower each. */
const MOST_RUNNING = 8;

/** Answers queries, once or for as long as somebody watches them, and runs each no more often than its data changes. */
export class QueryService {
  readonly #options: QueryServiceOptions;
  readonly #snapshots: SharedSnapshots;
  readonly #results: QueryResults;
  readonly #sets = new Map<number, WatchedQueries>();
  readonly #runs = new LimitedQueue(MOST_RUNNING);

  constructor(options: QueryServiceOptions) {
    this.#options = options;
    this.#snapshots = new SharedSnapshots(options.transactions);
    this.#results = new QueryResults(this.#snapshots, {
      clock: options.clock,
      mostBytes: options.cacheBytes,
    });
  }

  /** The present results of queries, all at one timestamp. */
  async answer(requests: readonly QueryRequest[], activityId: number): Promise<QueryResult[]> {
    const { timestamp } = this.#options.transactions;
    const known = requests.map((request) => this.#results.find(request, timestamp));
    const found = known.filter((result) => result !== null);
    if (found.length === requests.length) return found;
    const lease = this.#snapshots.acquire();
    try {
      const answers: QueryResult[] = [];
      for (const request of requests) {
        const run = (snapshot: Snapshot): Promise<QueryRun> =>
          this.#options.run(snapshot, request, activityId);
        answers.push(await this.#results.at(lease.snapshot, request, run));
      }
      return answers;
    } finally {
      lease.release();
    }
  }

  /** The results at one timestamp of the last 30 seconds. Codes `TimestampInFuture` and `OutOfRetention`. */
  async answerAt(
    timestamp: bigint,
    requests: readonly QueryRequest[],
    activityId: number,
  ): Promise<QueryResult[]> {
    const { transactions, run } = this.#options;
    const snapshot = transactions.openSnapshotAt(timestamp);
    try {
      const answers: QueryResult[] = [];
      for (const request of requests) {
        const known = this.#results.find(request, timestamp);
        answers.push(known ?? new QueryResult(await run(snapshot, request, activityId), timestamp));
      }
      return answers;
    } finally {
      snapshot.end();
    }
  }

  /** Opens the set if it is new. */
  async advance(setId: number, change: LiveQueryChange): Promise<LiveSnapshot> {
    await this.#options.transactions.passTime(change.notBefore);
    return this.#setOf(setId).advance(change);
  }

  closeSet(setId: number): void {
    this.#sets.get(setId)?.close();
    this.#sets.delete(setId);
  }

  onCommit(changes: ChangeSet, timestamp: bigint): void {
    this.#results.onCommit({ changes, timestamp });
  }

  /** Code, schema or environment changed. */
  invalidateAll(): void {
    this.#results.invalidateAll();
  }

  #setOf(setId: number): WatchedQueries {
    let set = this.#sets.get(setId);
    if (set === undefined) {
      const services = {
        results: this.#results,
        snapshots: this.#snapshots,
        resultAt: (snapshot: Snapshot, request: QueryRequest) => this.#resultAt(snapshot, request),
      };
      set = new WatchedQueries(services, () => this.#options.onStale(setId));
      this.#sets.set(setId, set);
    }
    return set;
  }

  #resultAt(snapshot: Snapshot, request: QueryRequest): Promise<QueryResult> {
    return this.#results.at(snapshot, request, () =>
      this.#runs.run(() => this.#runWatched(snapshot, request)),
    );
  }

  /** Where a page ended is forgotten if the query is another one by now, or its index. */
  async #runWatched(snapshot: Snapshot, request: QueryRequest): Promise<QueryRun> {
    const activityId = activityIdOf(keysOf(request));
    const run = await this.#options.run(snapshot, request, activityId);
    if (request.journal === null || !isInvalidCursor(run.result)) return run;
    return this.#options.run(snapshot, { ...request, journal: null }, activityId);
  }
}

function isInvalidCursor(result: FunctionResult): boolean {
  if (result.status === 'success') return false;
  const { errorData = null } = result;
  return isObjectValue(errorData) && errorData['paginationError'] === 'InvalidCursor';
}
