import { afterKey, intervalUpTo } from '../index/key-interval.ts';
import type { KeyInterval } from '../index/key-interval.ts';
import { keyOf } from '../storage/documents.ts';
import type { Index } from '../storage/catalog.ts';
import type { IndexRow } from '../storage/documents.ts';

/** Part of an index that is being walked; whoever walks it notes how far it came. */
export interface ScanTrace {
  readonly index: Index;
  readonly interval: KeyInterval;
  readonly isDescending: boolean;
  lastRow: IndexRow | null;
  isExhausted: boolean;
}

/** The keys that one function read, found or not, by the number of their index. Intervals are sorted and apart. */
export type ReadIntervals = ReadonlyMap<number, readonly KeyInterval[]>;

/** Notes what one function reads, so that it is known which commits could change its result. */
export class ReadSet {
  /** It looked for a table that was not there: creating any table may change what it sees. */
  missedTable = false;
  readonly #scans: ScanTrace[] = [];
  readonly #intervals: [indexId: number, interval: KeyInterval][] = [];

  addScan(source: Pick<ScanTrace, 'index' | 'interval' | 'isDescending'>): ScanTrace {
    const { index, interval, isDescending } = source;
    const trace = { index, interval, isDescending, lastRow: null, isExhausted: false };
    this.#scans.push(trace);
    return trace;
  }

  addInterval(indexId: number, interval: KeyInterval): void {
    this.#intervals.push([indexId, interval]);
  }

  addKey(indexId: number, key: Uint8Array): void {
    this.addInterval(indexId, { start: key, end: afterKey(key) });
  }

  intervals(): ReadIntervals {
    const byIndex = new Map<number, KeyInterval[]>();
    const add = (indexId: number, interval: KeyInterval | null): void => {
      if (interval === null || Buffer.compare(interval.start, interval.end) >= 0) return;
      const list = byIndex.get(indexId);
      if (list === undefined) byIndex.set(indexId, [interval]);
      else list.push(interval);
    };
    for (const [indexId, interval] of this.#intervals) add(indexId, interval);
    for (const scan of this.#scans) add(scan.index.id, walkedPart(scan));
    for (const [indexId, list] of byIndex) {
      if (list.length > 1) byIndex.set(indexId, mergeIntervals(list));
    }
    return byIndex;
  }
}

function walkedPart({ index, interval, isDescending, ...walk }: ScanTrace): KeyInterval | null {
  if (walk.isExhausted) return interval;
  const { lastRow } = walk;
  return lastRow && intervalUpTo(interval, keyOf(lastRow, index), isDescending);
}

function mergeIntervals(intervals: KeyInterval[]): KeyInterval[] {
  intervals.sort((left, right) => Buffer.compare(left.start, right.start));
  const merged: KeyInterval[] = [];
  for (const interval of intervals) {
    const last = merged.at(-1);
    if (last === undefined || Buffer.compare(interval.start, last.end) > 0) merged.push(interval);
    else if (Buffer.compare(interval.end, last.end) > 0) {
      merged[merged.length - 1] = { start: last.start, end: interval.end };
    }
  }
  return merged;
}
