import { createHash } from 'node:crypto';
import type { Observed } from '../functions/execution.ts';
import { REQUEST_ID } from '../functions/function-failure.ts';
import type { FunctionResult } from '../functions/function-host.ts';
import type { ReadIntervals, ReadSet } from '../transaction/read-set.ts';
import type { Reader } from './range-index.ts';

/** What one run of a query came to. */
export interface QueryRun {
  readonly result: FunctionResult;
  readonly journal: string | null;
  readonly reads: ReadSet;
  readonly observed: Observed;
}

/** Whoever wants to know that a result is no longer the present one. */
export interface Watcher {
  onInvalid(): void;
}

/** Of a result without its texts, and of an interval with its place in a tree. */
const RESULT_BYTES = 500;
const INTERVAL_BYTES = 400;

/** The result of a query, from the moment it was read until a commit changes what it read. */
export class QueryResult implements Reader {
  readonly result: FunctionResult;
  readonly journal: string | null;
  readonly sawIdentity: boolean;
  readonly sawClock: boolean;
  readonly intervals: ReadIntervals;
  readonly missedTable: boolean;
  /** Of the snapshot that it was read in. */
  readonly timestamp: bigint;
  /** The result as members of a `QueryUpdated` or `QueryFailed`. */
  readonly members: string;
  readonly watchers: Set<Watcher> = new Set();
  /** Where it is in the cache. */
  cacheKey: string | null = null;
  /** The first commit that changed what was read. */
  invalidatedAt: bigint | null = null;
  #hash: string | null = null;

  constructor(run: QueryRun, timestamp: bigint) {
    this.result = run.result;
    this.journal = run.journal;
    this.sawIdentity = run.observed.identity;
    this.sawClock = run.observed.clock;
    this.intervals = run.reads.intervals();
    this.missedTable = run.reads.missedTable;
    this.timestamp = timestamp;
    this.members = membersOf(run);
  }

  /** Equal for results that need not be told apart. */
  get hash(): string {
    this.#hash ??= hashOf(this.result, this.members);
    return this.#hash;
  }

  /** An estimate. */
  get bytes(): number {
    let intervals = 0;
    for (const list of this.intervals.values()) intervals += list.length;
    // The value is kept twice: as it is, and as text.
    return RESULT_BYTES + 4 * this.members.length + INTERVAL_BYTES * intervals;
  }

  isValidAt(timestamp: bigint): boolean {
    if (timestamp < this.timestamp) return false;
    return this.invalidatedAt === null || timestamp < this.invalidatedAt;
  }
}

function membersOf({ result, journal }: QueryRun): string {
  const { logLines } = result;
  const members =
    result.status === 'success'
      ? { type: 'QueryUpdated', value: result.value, logLines, journal }
      : {
          type: 'QueryFailed',
          errorMessage: result.errorMessage,
          logLines,
          journal,
          ...(result.errorData === undefined ? {} : { errorData: result.errorData }),
        };
  return JSON.stringify(members).slice(1, -1);
}

/** The same failure has another request id each time. */
function hashOf(result: FunctionResult, members: string): string {
  const hash = createHash('sha1');
  if (result.status === 'success') return hash.update(members).digest('base64');
  const { errorMessage, errorData, logLines } = result;
  const parts = [errorMessage.replace(REQUEST_ID, ''), errorData ?? null, logLines];
  return hash.update(JSON.stringify(parts)).digest('base64');
}
