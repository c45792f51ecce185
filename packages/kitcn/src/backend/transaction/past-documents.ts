import { indexKeyOf } from '../index/index-key.ts';
import { intervalBehind } from '../index/key-interval.ts';
import { countDocuments, findDocument, keyOf, scanIndex } from '../storage/documents.ts';
import type { Catalog, Index, Table } from '../storage/catalog.ts';
import type { Connection } from '../storage/connection.ts';
import type { IndexRow, ScanRequest, StoredDocument } from '../storage/documents.ts';
import type { PastVersion } from './history.ts';

/** How a document that was changed since differs between a past state and the present one; `null` where it does not exist. */
interface Difference {
  readonly past: StoredDocument | null;
  readonly present: StoredDocument | null;
}

/** A row and its place in the index. */
interface Entry {
  readonly key: Uint8Array;
  readonly row: IndexRow;
}

/** The entries of one index that differ. */
interface IndexDifference {
  /** Those of the past state. */
  readonly entries: readonly Entry[];
  /** Keys of the present state, as text. */
  readonly hidden: ReadonlySet<string>;
}

/** The documents of a former state: the present ones, with what changed since put back. */
export class PastDocuments {
  readonly #connection: Connection;
  readonly #tables = new Map<number, Map<string, Difference>>();
  readonly #indexes = new Map<number, IndexDifference>();

  /** `versions`: of all commits between that state and the one that the connection sees, oldest first. */
  constructor(connection: Connection, catalog: Catalog, versions: readonly PastVersion[]) {
    this.#connection = connection;
    for (const { tableNumber, id, before } of versions) {
      const table = catalog.byNumber.get(tableNumber);
      if (table === undefined) continue;
      const differences = this.#differencesOf(tableNumber);
      if (differences.has(id)) continue;
      differences.set(id, { past: before, present: findDocument(connection, table, id) });
    }
  }

  find(table: Table, id: string): StoredDocument | null {
    const difference = this.#tables.get(table.number)?.get(id);
    return difference === undefined ? findDocument(this.#connection, table, id) : difference.past;
  }

  count(table: Table): number {
    let count = countDocuments(this.#connection, table);
    for (const { past, present } of this.#tables.get(table.number)?.values() ?? []) {
      count += Number(past !== null) - Number(present !== null);
    }
    return count;
  }

  /** Like `scanIndex`: fewer rows than the limit mean that there are no more. */
  scan(request: ScanRequest): IndexRow[] {
    const { interval, isDescending, limit } = request;
    const { entries, hidden } = this.#indexDifferenceOf(request.index);
    const found = entries.filter(
      ({ key }) =>
        Buffer.compare(interval.start, key) <= 0 && Buffer.compare(key, interval.end) < 0,
    );
    let visible = 0;
    for (let rest = interval; ;) {
      const batch = scanIndex(this.#connection, { ...request, interval: rest }).map((row) => {
        return { key: keyOf(row, request.index), row };
      });
      for (const entry of batch) {
        if (hidden.has(textOf(entry.key))) continue;
        found.push(entry);
        visible += 1;
      }
      const last = batch.at(-1);
      if (last === undefined || batch.length < limit || visible >= limit) break;
      rest = intervalBehind(rest, last.key, isDescending);
    }
    const sign = isDescending ? -1 : 1;
    found.sort((left, right) => sign * Buffer.compare(left.key, right.key));
    return found.slice(0, limit).map(({ row }) => row);
  }

  #differencesOf(tableNumber: number): Map<string, Difference> {
    let differences = this.#tables.get(tableNumber);
    if (differences === undefined) {
      differences = new Map();
      this.#tables.set(tableNumber, differences);
    }
    return differences;
  }

  #indexDifferenceOf(index: Index): IndexDifference {
    let difference = this.#indexes.get(index.id);
    if (difference === undefined) {
      difference = compareIndex(index, this.#tables.get(index.tableNumber)?.values() ?? []);
      this.#indexes.set(index.id, difference);
    }
    return difference;
  }
}

function compareIndex(index: Index, differences: Iterable<Difference>): IndexDifference {
  const entries: Entry[] = [];
  const hidden = new Set<string>();
  for (const { past, present } of differences) {
    if (present !== null) hidden.add(textOf(indexKeyOf(present.document, index.paths)));
    if (past !== null) {
      const key = indexKeyOf(past.document, index.paths);
      const row = { json: JSON.stringify(past.document), size: past.size };
      entries.push({ key, row });
    }
  }
  return { entries, hidden };
}

function textOf(key: Uint8Array): string {
  return Buffer.from(key.buffer, key.byteOffset, key.byteLength).toString('latin1');
}
