import { compareValues, jsonToConvex } from 'convex/values';
import type { Value } from 'convex/values';
import type { DocumentJson, RangeExpression } from './transaction.ts';
import { isUndefinedMarker } from '../values/value-kind.ts';

export type Order = 'asc' | 'desc';

/** A query, as far as the model knows them. */
export interface ModelQuery {
  readonly table: string;
  /** Without the tiebreakers. */
  readonly fields: readonly string[];
  readonly range: readonly RangeExpression[];
  readonly order: Order;
  /** Only documents whose field `n` is even. */
  readonly isFiltered: boolean;
}

/** Where a page ended: at a document, wherever it is now, or at the end. */
export type ModelPosition = DocumentJson | 'end' | null;

export interface ModelPage {
  readonly ids: string[];
  readonly position: ModelPosition;
}

/** What the database must be equal to: documents in a map, sorted anew for each question. For tests. */
export class Model {
  readonly #documents: Map<string, { table: string; document: DocumentJson }>;

  constructor(documents: Model['entries'] = []) {
    this.#documents = new Map(documents);
  }

  get entries(): Iterable<readonly [string, { table: string; document: DocumentJson }]> {
    return this.#documents;
  }

  copy(): Model {
    return new Model(this.#documents);
  }

  set(table: string, document: DocumentJson): void {
    this.#documents.set(document._id, { table, document });
  }

  /** A document that is there. */
  update(document: DocumentJson): void {
    const entry = this.#documents.get(document._id);
    if (entry !== undefined) this.set(entry.table, document);
  }

  remove(id: string): void {
    this.#documents.delete(id);
  }

  get(id: string): DocumentJson | null {
    return this.#documents.get(id)?.document ?? null;
  }

  count(table: string): number {
    return [...this.#documents.values()].filter((entry) => entry.table === table).length;
  }

  find(query: ModelQuery): DocumentJson[] {
    return this.#rows(query).filter((document) => isAccepted(query, document));
  }

  /** What `queryPage` must answer, reading row by row. */
  page(
    query: ModelQuery,
    { after, pageSize, mostRows }: { after: ModelPosition; pageSize: number; mostRows: number },
  ): ModelPage {
    const ids: string[] = [];
    if (after === 'end') return { ids, position: 'end' };
    let position = after;
    let rows = 0;
    for (const document of this.#rows(query)) {
      if (after !== null && compareAt(query, document, after) <= 0) continue;
      if (ids.length >= pageSize || rows >= mostRows) return { ids, position };
      rows += 1;
      position = document;
      if (isAccepted(query, document)) ids.push(document._id);
    }
    return { ids, position: ids.length >= pageSize || rows >= mostRows ? position : 'end' };
  }

  /** The ids between two positions, the first one not included. */
  between(query: ModelQuery, after: ModelPosition, upTo: ModelPosition): string[] {
    if (after === 'end') return [];
    const found = this.find(query).filter(
      (document) =>
        (after === null || compareAt(query, document, after) > 0) &&
        (upTo === 'end' || upTo === null || compareAt(query, document, upTo) <= 0),
    );
    return found.map(({ _id }) => _id);
  }

  #rows(query: ModelQuery): DocumentJson[] {
    const rows: DocumentJson[] = [];
    for (const { table, document } of this.#documents.values()) {
      const isInRange = query.range.every((expression) => matches(document, expression));
      if (table === query.table && isInRange) rows.push(document);
    }
    return rows.sort((left, right) => compareAt(query, left, right));
  }
}

function isAccepted({ isFiltered }: ModelQuery, { n }: DocumentJson): boolean {
  return !isFiltered || (typeof n === 'number' && n % 2 === 0);
}

function matches(document: DocumentJson, { type, fieldPath, value }: RangeExpression): boolean {
  const bound = isUndefinedMarker(value) ? undefined : jsonToConvex(value);
  const order = compareValues(valueAt(document, fieldPath), bound);
  switch (type) {
    case 'Eq':
      return order === 0;
    case 'Gt':
      return order > 0;
    case 'Gte':
      return order >= 0;
    case 'Lt':
      return order < 0;
    case 'Lte':
      return order <= 0;
  }
}

/** Negative if the left one comes first in the order of the query. */
function compareAt({ fields, order }: ModelQuery, left: DocumentJson, right: DocumentJson): number {
  for (const field of [...fields, '_creationTime', '_id']) {
    const compared = compareValues(valueAt(left, field), valueAt(right, field));
    if (compared !== 0) return order === 'asc' ? compared : -compared;
  }
  return 0;
}

/** Sorting asks for the same fields over and over. */
const decoded = new WeakMap<DocumentJson, Map<string, Value | undefined>>();

function valueAt(document: DocumentJson, field: string): Value | undefined {
  let values = decoded.get(document);
  if (values === undefined) {
    values = new Map(Object.entries(document).map(([name, json]) => [name, jsonToConvex(json)]));
    decoded.set(document, values);
  }
  return values.get(field);
}
