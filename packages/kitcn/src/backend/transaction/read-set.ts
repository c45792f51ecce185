import { afterKey, intervalUpTo } from '../index/key-interval.ts';
import type { KeyInterval } from '../index/key-interval.ts';

/** Part of an index that is being walked; whoever walks it notes how far it came. */
export interface ScanTrace {
  readonly indexId: number;
  readonly interval: KeyInterval;
  readonly isDescending: boolean;
  lastKey: Uint8Array | null;
  isExhausted: boolean;
}

/** The keys that one function read, found or not, by the number of their index. Intervals are sorted and apart. */
export type ReadIntervals = ReadonlyMap<number, readonly KeyInterval[]>;

/** Notes what one function reads, so that it is known which commits could change its result. */
export class ReadSet {
  /** It looked for a table that was not there: creating any table may change what it sees. */
  missedTable = false;
  readonly #traces: ScanTrace[] = [];

  addScan(source: Pick<ScanTrace, 'indexId' | 'interval' | 'isDescending'>): ScanTrace {
    const { indexId, interval, isDescending } = source;
    const trace = { indexId, interval, isDescending, lastKey: null, isExhausted: false };
    this.#traces.push(trace);
    return trace;
  }

  addInterval(indexId: number, interval: KeyInterval): void {
    this.#traces.push({ indexId, interval, isDescending: false, lastKey: null, isExhausted: true });
  }

  addKey(indexId: number, key: Uint8Array): void {
    this.addInterval(indexId, { start: key, end: afterKey(key) });
  }

  intervals(): ReadIntervals {
    const byIndex = new Map<number, KeyInterval[]>();
    for (const trace of this.#traces) {
      const interval = walkedPart(trace);
      if (interval === null) continue;
      const list = byIndex.get(trace.indexId);
      if (list === undefined) byIndex.set(trace.indexId, [interval]);
      else list.push(interval);
    }
    for (const [indexId, list] of byIndex) {
      if (list.length > 1) byIndex.set(indexId, mergeIntervals(list));
    }
    return byIndex;
  }
}

function walkedPart({
  interval,
  isDescending,
  lastKey,
  isExhausted,
}: ScanTrace): KeyInterval | null {
  if (!isExhausted && lastKey === null) return null;
  const part =
    isExhausted || lastKey === null ? interval : intervalUpTo(interval, lastKey, isDescending);
  return Buffer.compare(part.start, part.end) < 0 ? part : null;
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
