import type { Snapshot } from '../transaction/transaction.ts';
import { QueryCache } from './query-cache.ts';
import type { QueryCacheOptions } from './query-cache.ts';
import { keysOf } from './query-request.ts';
import type { QueryKeys, QueryRequest } from './query-request.ts';
import { QueryResult } from './query-result.ts';
import type { QueryRun, Watcher } from './query-result.ts';
import { RangeIndex, isTouchedBy } from './range-index.ts';
import type { Commit, SharedSnapshots } from './shared-snapshots.ts';

/** Runs a query in a snapshot; rejects only for what the query is not to blame for. */
export type RunQuery = (snapshot: Snapshot) => Promise<QueryRun>;

/** A run that others with the same request and snapshot can wait for. */
interface Running {
  readonly own: string;
  readonly result: Promise<QueryResult>;
}

/** All results of queries that are known: those in the cache and those that somebody watches. */
export class QueryResults {
  readonly #snapshots: SharedSnapshots;
  readonly #cache: QueryCache;
  readonly #ranges = new RangeIndex<QueryResult>();
  readonly #running = new Map<string, Running>();
  /** Counts changes of the code, which no result outlives. */
  #generation = 0;

  constructor(snapshots: SharedSnapshots, cache: QueryCacheOptions) {
    this.#snapshots = snapshots;
    this.#cache = new QueryCache(cache, (result) => this.#releaseUnused(result));
  }

  /** A result that is valid at a timestamp, if one is known. */
  find(request: QueryRequest, timestamp: bigint): QueryResult | null {
    return this.#cache.find(keysOf(request), timestamp);
  }

  /** The result in a snapshot, which must stay open until then; runs the query if nobody has. */
  async at(snapshot: Snapshot, request: QueryRequest, run: RunQuery): Promise<QueryResult> {
    const keys = keysOf(request);
    const found = this.#cache.find(keys, snapshot.timestamp);
    if (found !== null) return found;
    const moment = `${this.#generation} ${snapshot.timestamp} `;
    const shared = this.#running.get(moment + keys.shared);
    if (shared !== undefined) {
      const result = await shared.result;
      if (!result.sawIdentity || shared.own === keys.own) return result;
    }
    const own = this.#running.get(moment + keys.own);
    if (own !== undefined) return own.result;
    return this.#begin([moment + keys.shared, moment + keys.own], {
      own: keys.own,
      result: this.#run(snapshot, keys, run),
    });
  }

  watch(result: QueryResult, watcher: Watcher): void {
    if (result.invalidatedAt === null) result.watchers.add(watcher);
    else watcher.onInvalid();
  }

  unwatch(result: QueryResult, watcher: Watcher): void {
    result.watchers.delete(watcher);
    this.#releaseUnused(result);
  }

  /** In the same tick as the commit. */
  onCommit(commit: Commit): void {
    this.#snapshots.onCommit(commit);
    for (const result of this.#ranges.touchedBy(commit.changes)) {
      this.#invalidate(result, commit.timestamp);
    }
  }

  /** The code is another one, or the environment. */
  invalidateAll(): void {
    this.#generation += 1;
    this.#snapshots.renew();
    for (const result of this.#ranges.owners()) this.#invalidate(result, result.timestamp);
  }

  #begin(keys: readonly string[], running: Running): Promise<QueryResult> {
    const mine = keys.filter((key) => !this.#running.has(key));
    for (const key of mine) this.#running.set(key, running);
    const forget = (): void => {
      for (const key of mine) this.#running.delete(key);
    };
    running.result.then(forget, forget);
    return running.result;
  }

  async #run(snapshot: Snapshot, keys: QueryKeys, run: RunQuery): Promise<QueryResult> {
    const generation = this.#generation;
    const result = new QueryResult(await run(snapshot), snapshot.timestamp);
    result.invalidatedAt = this.#findInvalidation(result, generation);
    if (result.invalidatedAt === null) {
      this.#ranges.add(result);
      this.#cache.add(keys, result);
    }
    return result;
  }

  /** What happened while the query ran. */
  #findInvalidation(result: QueryResult, generation: number): bigint | null {
    if (generation !== this.#generation) return result.timestamp;
    const commits = this.#snapshots.commitsAfter(result.timestamp);
    return commits.find(({ changes }) => isTouchedBy(result, changes))?.timestamp ?? null;
  }

  #invalidate(result: QueryResult, timestamp: bigint): void {
    result.invalidatedAt = timestamp;
    this.#cache.remove(result);
    this.#ranges.remove(result);
    const watchers = [...result.watchers];
    result.watchers.clear();
    for (const watcher of watchers) watcher.onInvalid();
  }

  #releaseUnused(result: QueryResult): void {
    if (result.cacheKey === null && result.watchers.size === 0) this.#ranges.remove(result);
  }
}
