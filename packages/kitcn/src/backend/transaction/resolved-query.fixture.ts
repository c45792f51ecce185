import type { ModelPosition, ModelQuery } from './model.fixture.ts';
import type { QuerySketch } from './operation.fixture.ts';
import type { DocumentJson, QueryJson, RangeExpression, ReadTransaction } from './transaction.ts';

/** One query for the database and for the model. For tests. */
export interface ResolvedQuery {
  readonly json: QueryJson;
  readonly model: ModelQuery;
}

/** A page that was read: its cursors, and where they are in the model. */
export interface OpenPage {
  readonly query: ResolvedQuery;
  readonly start: string | null;
  readonly startAt: ModelPosition;
  readonly end: string;
  readonly endAt: ModelPosition;
}

const IS_EVEN = { $eq: [{ $mod: [{ $field: 'n' }, { $literal: 2 }] }, { $literal: 0 }] };

/** The name of an index that a test declares, from 1 on. */
export function indexName(number: number): string {
  return number === 0 ? 'by_creation_time' : `index_${number}`;
}

/** `indexes`: the fields of those that are declared. */
export function resolveQuery(
  sketch: QuerySketch,
  indexes: readonly (readonly string[])[],
): ResolvedQuery {
  const number = sketch.index % (indexes.length + 1);
  const fields = indexes[number - 1] ?? [];
  const { table, order, isFiltered } = sketch;
  const range = rangeOf(sketch, fields);
  const source = {
    type: 'IndexRange',
    indexName: `${table}.${indexName(number)}`,
    range,
    order,
  } as const;
  return {
    json: { source, operators: isFiltered ? [{ filter: IS_EVEN }] : [] },
    model: { table, fields, range, order, isFiltered },
  };
}

/** The first documents that a query finds. */
export function findIn(
  transaction: ReadTransaction,
  { json }: ResolvedQuery,
  most: number,
): DocumentJson[] {
  const stream = transaction.query(json, 'user');
  const found: DocumentJson[] = [];
  while (found.length < most) {
    const document = stream.next();
    if (document === null) break;
    found.push(document);
  }
  stream.close();
  return found;
}

/** The conditions of a range over the fields of an index. */
function rangeOf(sketch: QuerySketch, indexFields: readonly string[]): RangeExpression[] {
  const { lower, upper } = sketch;
  const equal = sketch.equal.slice(0, indexFields.length);
  const range: RangeExpression[] = [];
  for (const [position, each] of equal.entries()) {
    range.push({ type: 'Eq', fieldPath: indexFields[position] ?? '', value: each });
  }
  const fieldPath = [...indexFields, '_creationTime'][equal.length] ?? '';
  if (lower) range.push({ type: lower.isInclusive ? 'Gte' : 'Gt', fieldPath, value: lower.value });
  if (upper) range.push({ type: upper.isInclusive ? 'Lte' : 'Lt', fieldPath, value: upper.value });
  return range;
}
