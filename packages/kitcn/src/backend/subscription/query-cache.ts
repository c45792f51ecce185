import type { Clock } from '../../shared/clock.ts';
import type { QueryKeys } from './query-request.ts';
import type { QueryResult } from './query-result.ts';

interface CacheEntry {
  readonly result: QueryResult;
  /** Milliseconds since the epoch. */
  readonly storedAt: number;
  readonly bytes: number;
}

export interface QueryCacheOptions {
  /** The one that queries see. */
  clock: Clock;
  mostBytes: number;
}

/** A result that depends on the clock is handed to others for this long. */
const CLOCK_RESULT_MS = 1_000;

/** Results of queries by function, arguments, journal and, if they depend on it, identity. */
export class QueryCache {
  readonly #clock: Clock;
  readonly #mostBytes: number;
  readonly #onEvict: (result: QueryResult) => void;
  readonly #entries = new Map<string, CacheEntry>();
  #bytes = 0;

  /** The least recently used results are dropped when there are more than `mostBytes`, and `onEvict` is told. */
  constructor({ clock, mostBytes }: QueryCacheOptions, onEvict: (result: QueryResult) => void) {
    this.#clock = clock;
    this.#mostBytes = mostBytes;
    this.#onEvict = onEvict;
  }

  find(keys: QueryKeys, timestamp: bigint): QueryResult | null {
    return this.#touch(keys.shared, timestamp) ?? this.#touch(keys.own, timestamp);
  }

  /** Takes a result that is valid now. */
  add(keys: QueryKeys, result: QueryResult): void {
    const key = result.sawIdentity ? keys.own : keys.shared;
    this.#evict(key);
    const bytes = 2 * key.length + result.bytes;
    if (bytes > this.#mostBytes) return;
    this.#entries.set(key, { result, storedAt: this.#clock.now(), bytes });
    this.#bytes += bytes;
    result.cacheKey = key;
    for (const oldest of this.#entries.keys()) {
      if (this.#bytes <= this.#mostBytes) break;
      this.#evict(oldest);
    }
  }

  /** Forgets a result that a commit made wrong. */
  remove(result: QueryResult): void {
    if (result.cacheKey === null) return;
    this.#bytes -= this.#entries.get(result.cacheKey)?.bytes ?? 0;
    this.#entries.delete(result.cacheKey);
    result.cacheKey = null;
  }

  #touch(key: string, timestamp: bigint): QueryResult | null {
    const entry = this.#entries.get(key);
    if (entry === undefined || !entry.result.isValidAt(timestamp)) return null;
    const { result, storedAt } = entry;
    // The clock may have been put back.
    const isOld = Math.abs(this.#clock.now() - storedAt) > CLOCK_RESULT_MS;
    if (result.sawClock && isOld) return null;
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    return result;
  }

  #evict(key: string): void {
    const result = this.#entries.get(key)?.result;
    if (result === undefined) return;
    this.remove(result);
    this.#onEvict(result);
  }
}
