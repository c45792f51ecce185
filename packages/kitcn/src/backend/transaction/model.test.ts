import { compareValues, convexToJson, jsonToConvex } from 'convex/values';
import { expect, onTestFinished, test } from 'vitest';
import { parseSchema } from '../schema/schema.ts';
import { Database } from '../storage/database.ts';
import type { DocumentJson, QueryJson, ReadTransaction, WriteTransaction } from './transaction.ts';
import type { JSONValue, Value } from 'convex/values';

/** The same steps on a database and on a plain map must give the same documents in the same order. */
type Model = Map<string, DocumentJson>;

const VALUES: Value[] = [
  null,
  -1n,
  0n,
  300n,
  -2.5,
  0,
  -0,
  7,
  NaN,
  true,
  '',
  'a',
  'a\0',
  'b',
  [],
  ['a'],
  {},
];
const ORDERS = ['asc', 'desc'] as const;

const schemaWith = (fields: string[]) =>
  parseSchema({
    tables: [
      {
        tableName: 'items',
        indexes: [{ indexDescriptor: 'by_fields', fields }],
        documentType: null,
      },
    ],
  });

/** Numbers from 0 up to 1 that are the same for the same seed (mulberry32). */
function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

function valueAt(document: DocumentJson, field: string): Value | undefined {
  const json = document[field];
  return json === undefined ? undefined : jsonToConvex(json);
}

/** What a range over `fields` with `a` at or above a bound finds, by sorting everything. */
function expectedIds(model: Model, fields: readonly string[], bound: Value | undefined): string[] {
  const documents = [...model.values()].filter(
    (document) =>
      bound === undefined || compareValues(valueAt(document, fields[0] ?? ''), bound) >= 0,
  );
  documents.sort((left, right) => {
    for (const field of [...fields, '_creationTime']) {
      const order = compareValues(valueAt(left, field), valueAt(right, field));
      if (order !== 0) return order;
    }
    return 0;
  });
  return documents.map(({ _id }) => _id);
}

function expectSame(transaction: ReadTransaction, model: Model, fields: readonly string[]): void {
  for (const [id, document] of model) expect(transaction.get(id, 'user')).toEqual(document);
  expect(transaction.count('items')).toBe(model.size);
  for (const bound of [undefined, null, 0, 'a', []]) {
    for (const order of ORDERS) {
      const expected = expectedIds(model, fields, bound);
      if (order === 'desc') expected.reverse();
      const query: QueryJson = {
        source: {
          type: 'IndexRange',
          indexName: 'items.by_fields',
          range:
            bound === undefined
              ? []
              : [{ type: 'Gte', fieldPath: fields[0] ?? '', value: convexToJson(bound) }],
          order,
        },
        operators: [],
      };
      const stream = transaction.query(query, 'user');
      const found: string[] = [];
      for (let next = stream.next(); next !== null; next = stream.next()) found.push(next._id);
      expect(found).toEqual(expected);
    }
  }
}

class RandomWriter {
  readonly #random: () => number;

  constructor(seed: number) {
    this.#random = seededRandom(seed);
  }

  below(limit: number): number {
    return Math.floor(this.#random() * limit);
  }

  step(transaction: WriteTransaction, model: Model): void {
    const ids = [...model.keys()];
    const id = ids[this.below(ids.length + 1)];
    if (id === undefined) {
      const created = transaction.insert('items', this.#fields());
      const document = transaction.get(created, 'user');
      if (document !== null) model.set(created, document);
      return;
    }
    switch (this.below(4)) {
      case 0:
        expect(transaction.remove(id)).toEqual(model.get(id));
        model.delete(id);
        return;
      case 1:
        model.set(id, transaction.replace(id, this.#fields()));
        return;
      case 2:
        model.set(id, transaction.patch(id, { a: { $undefined: null } }));
        return;
      default:
        this.#nested(transaction, model);
    }
  }

  /** Some steps in a sub-transaction, kept or not. */
  #nested(transaction: WriteTransaction, model: Model): void {
    const before = [...model];
    const sub = transaction.savepoint();
    for (let count = this.below(4); count > 0; count -= 1) this.step(transaction, model);
    if (this.below(2) === 0) {
      sub.release();
      return;
    }
    sub.rollback();
    model.clear();
    for (const [id, document] of before) model.set(id, document);
  }

  #fields(): { [field: string]: JSONValue } {
    const fields: { [field: string]: JSONValue } = {};
    for (const field of ['a', 'b']) {
      const value = VALUES[this.below(VALUES.length + 1)];
      if (value !== undefined) fields[field] = convexToJson(value);
    }
    return fields;
  }
}

test.each([1, 2, 3, 4, 5])('random transactions leave what they should, seed %d', (seed) => {
  const database = Database.open({ file: ':memory:' });
  onTestFinished(() => database.close());
  const writer = new RandomWriter(seed);
  let model: Model = new Map();
  let fields = ['a'];
  database.applySchema(schemaWith(fields));
  for (let round = 0; round < 30; round += 1) {
    const transaction = database.beginWrite();
    const next: Model = new Map(model);
    for (let count = writer.below(30); count > 0; count -= 1) writer.step(transaction, next);
    expectSame(transaction, next, fields);
    if (writer.below(4) === 0) {
      transaction.end();
    } else {
      transaction.commit();
      model = next;
    }
    if (writer.below(5) === 0) {
      fields = writer.below(2) === 0 ? ['b', 'a'] : ['a', 'b'];
      database.applySchema(schemaWith(fields));
    }
    const reader = database.beginRead();
    expectSame(reader, model, fields);
    reader.end();
  }
});
