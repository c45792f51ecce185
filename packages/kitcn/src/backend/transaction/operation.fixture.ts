import { convexToJson } from 'convex/values';
import type { JSONValue, Value } from 'convex/values';
import fc from 'fast-check';
import { isUndefinedMarker } from '../values/value-kind.ts';
import type { Order } from './model.fixture.ts';

/** Fields of a document; a missing one is a field that is removed, or not there. */
export type Fields = { [field: string]: JSONValue };

/** A query before the indexes that are there are known. */
export interface QuerySketch {
  readonly table: string;
  /** Number of the index; 0 for the order of creation. */
  readonly index: number;
  /** Values for equalities on the first fields. */
  readonly equal: readonly JSONValue[];
  readonly lower: Bound | null;
  readonly upper: Bound | null;
  readonly order: Order;
  readonly isFiltered: boolean;
}

interface Bound {
  readonly isInclusive: boolean;
  readonly value: JSONValue;
}

/** One step of a random test. What a number picks from depends on what is there when its turn comes. */
export type Operation =
  | { type: 'insert'; table: string; fields: Fields }
  | { type: 'patch' | 'replace'; pick: number; fields: Fields }
  | { type: 'remove'; pick: number }
  | { type: 'get'; pick: number }
  | { type: 'savepoint' | 'release' | 'rollback' | 'commit' | 'abort' | 'count' }
  | { type: 'find'; query: QuerySketch; most: number; isCommitted: boolean }
  | { type: 'page'; query: QuerySketch; pageSize: number; mostRows: number | null }
  /** Goes on with a page of before, or reads it again up to its end. */
  | { type: 'nextPage' | 'samePage'; pick: number; pageSize: number }
  /** Takes the next document of a stream that stays open while the transaction writes. */
  | { type: 'step'; query: QuerySketch }
  | { type: 'findAt'; pick: number; query: QuerySketch }
  | { type: 'watch'; query: QuerySketch; most: number }
  | { type: 'keepSnapshot' | 'checkSnapshot'; query: QuerySketch }
  | { type: 'wait'; milliseconds: number }
  | { type: 'changeIndexes'; fields: readonly (readonly string[])[] };

export const TABLES: readonly string[] = ['items', 'others'];

// At the edges of the order of values.
const VALUES: readonly (Value | undefined)[] = [
  undefined,
  null,
  -1n,
  0n,
  300n,
  -Infinity,
  -2.5,
  -0,
  0,
  1,
  2,
  NaN,
  false,
  true,
  '',
  'a',
  'a\0',
  'ab',
  'é',
  new ArrayBuffer(0),
  Uint8Array.of(0, 255).buffer,
  [],
  [null],
  ['a'],
  {},
  { a: 1 },
];
const UNDEFINED = { $undefined: null };

const toJson = (value: Value | undefined): JSONValue =>
  value === undefined ? UNDEFINED : convexToJson(value);

// Most of them from a handful, so that equalities and bounds meet documents.
const value: fc.Arbitrary<JSONValue> = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom<JSONValue>(UNDEFINED, null, 0, 1, 'a') },
  { weight: 1, arbitrary: fc.constantFrom(...VALUES.map(toJson)) },
);
const pick = fc.nat(1_000);
const table = fc.constantFrom(...TABLES);
const order = fc.constantFrom<Order>('asc', 'desc');
const bound = fc.option(fc.record({ isInclusive: fc.boolean(), value }), { freq: 1 });
const pageSize = fc.integer({ min: 1, max: 6 });

const fields: fc.Arbitrary<Fields> = fc.record({ a: value, b: value, n: fc.nat(4) });

const query: fc.Arbitrary<QuerySketch> = fc.record({
  table,
  index: fc.nat(3),
  equal: fc.oneof(
    { weight: 3, arbitrary: fc.constant([]) },
    { weight: 1, arbitrary: fc.array(value, { minLength: 1, maxLength: 2 }) },
  ),
  lower: bound,
  upper: bound,
  order,
  isFiltered: fc.boolean(),
});

const only = <Type extends string>(...types: Type[]): { type: fc.Arbitrary<Type> } => ({
  type: fc.constantFrom(...types),
});

const FIELD_LISTS = [['a'], ['b', 'a'], ['a', 'n'], ['n'], ['a', 'b', 'n']];

/** Any operation, the common ones more often. */
export const operation: fc.Arbitrary<Operation> = fc.oneof(
  { weight: 12, arbitrary: fc.record({ ...only('insert'), table, fields }) },
  { weight: 8, arbitrary: fc.record({ ...only('patch', 'replace'), pick, fields }) },
  { weight: 4, arbitrary: fc.record({ ...only('remove'), pick }) },
  { weight: 4, arbitrary: fc.record({ ...only('get'), pick }) },
  {
    weight: 8,
    arbitrary: fc.record(only('savepoint', 'savepoint', 'release', 'rollback', 'count')),
  },
  { weight: 5, arbitrary: fc.record(only('commit', 'commit', 'commit', 'abort')) },
  {
    weight: 10,
    arbitrary: fc.record({
      ...only('find'),
      query,
      most: fc.nat(40),
      isCommitted: fc.boolean(),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      ...only('page'),
      query,
      pageSize,
      mostRows: fc.option(fc.integer({ min: 1, max: 8 })),
    }),
  },
  { weight: 6, arbitrary: fc.record({ ...only('nextPage', 'samePage'), pick, pageSize }) },
  { weight: 6, arbitrary: fc.record({ ...only('step'), query }) },
  { weight: 4, arbitrary: fc.record({ ...only('findAt'), pick, query }) },
  { weight: 2, arbitrary: fc.record({ ...only('watch'), query, most: fc.nat(10) }) },
  { weight: 2, arbitrary: fc.record({ ...only('keepSnapshot', 'checkSnapshot'), query }) },
  { weight: 1, arbitrary: fc.record({ ...only('wait'), milliseconds: fc.nat(20_000) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      ...only('changeIndexes'),
      fields: fc.uniqueArray(fc.constantFrom(...FIELD_LISTS), { maxLength: 3 }),
    }),
  },
);

export function withoutUndefined(fields: Fields): Fields {
  return Object.fromEntries(
    Object.entries(fields).filter(([, field]) => !isUndefinedMarker(field)),
  );
}
