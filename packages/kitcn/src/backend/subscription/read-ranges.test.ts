import type { JSONValue } from 'convex/values';
import { expect, test } from 'vitest';
import { SeededRandom } from '../functions/seeded-random.ts';
import type { QueryJson, ReadTransaction } from '../transaction/transaction.ts';
import { openService, watch } from './query-service.fixture.ts';
import type { TestQuery } from './query-service.fixture.ts';

/** Something that a query may do; the values of fields are small, so that writes meet it often. */
type Read =
  | { kind: 'get'; id: string }
  | { kind: 'count'; table: string }
  | { kind: 'page'; query: QueryJson; size: number }
  /** Reads `most` documents and then loses interest. */
  | { kind: 'scan'; query: QueryJson; most: number };

function evaluate(transaction: ReadTransaction, read: Read): JSONValue {
  switch (read.kind) {
    case 'get':
      return transaction.get(read.id, 'user');
    case 'count':
      return transaction.count(read.table);
    case 'page': {
      const request = { query: read.query, cursor: null, endCursor: null };
      const paged = { ...request, pageSize: read.size, maximumRowsRead: null };
      const { page, isDone } = transaction.queryPage(paged, 'user');
      return { page, isDone };
    }
    case 'scan': {
      const stream = transaction.query(read.query, 'user');
      const found: JSONValue[] = [];
      while (found.length < read.most) {
        const document = stream.next();
        if (document === null) break;
        found.push(document);
      }
      stream.close();
      return found;
    }
  }
}

const GROUPS = 4;
const RANKS = 6;

class Generator {
  readonly #random: SeededRandom;

  constructor(seed: number) {
    this.#random = new SeededRandom(Buffer.alloc(32, seed));
  }

  below(limit: number): number {
    return Math.floor(this.#random.next() * limit);
  }

  chance(probability: number): boolean {
    return this.#random.next() < probability;
  }

  document(): { group: number; rank: number } {
    return { group: this.below(GROUPS), rank: this.below(RANKS) };
  }

  read(ids: readonly string[]): Read {
    const kind = this.below(10);
    if (kind === 0) return { kind: 'count', table: this.chance(0.5) ? 'items' : 'late' };
    if (kind <= 2) return { kind: 'get', id: ids[this.below(ids.length)] ?? '' };
    const query = this.#query();
    return kind <= 4
      ? { kind: 'page', query, size: 1 + this.below(4) }
      : { kind: 'scan', query, most: this.chance(0.5) ? 1 + this.below(4) : 1_000 };
  }

  #query(): QueryJson {
    const order = this.chance(0.5) ? 'asc' : 'desc';
    const operators: QueryJson['operators'][number][] = [];
    if (this.chance(0.3)) {
      operators.push({ filter: { $eq: [{ $field: 'rank' }, { $literal: this.below(RANKS) }] } });
    }
    if (this.chance(0.3)) operators.push({ limit: this.below(3) });
    if (this.chance(0.25)) {
      const tableName = this.chance(0.7) ? 'items' : 'late';
      return { source: { type: 'FullTableScan', tableName, order }, operators };
    }
    const range: object[] = [{ type: 'Eq', fieldPath: 'group', value: this.below(GROUPS) }];
    const bounds = ['Gt', 'Gte', 'Lt', 'Lte', 'Eq'];
    if (this.chance(0.6)) {
      const type = bounds[this.below(bounds.length)];
      range.push({ type, fieldPath: 'rank', value: this.below(RANKS) });
    }
    const source = { type: 'IndexRange', indexName: 'items.by_group', range, order };
    return { source, operators } as QueryJson;
  }
}

const evaluateArgs: TestQuery = (transaction, { args }) =>
  // Made below.
  evaluate(transaction, args as unknown as Read);

test.each([1, 2, 3, 4, 5, 6])(
  'seed %i: what is not run again would give the same',
  async (seed) => {
    const generator = new Generator(seed);
    const { advance, write, runs, stale, database } = openService({ read: evaluateArgs });
    const ids: string[] = [];
    await write((transaction) => {
      for (let index = 0; index < 20; index++) {
        ids.push(transaction.insert('items', generator.document()));
      }
    });
    const reads = Array.from({ length: 80 }, () => generator.read(ids));
    const shown = new Map<number, string>();
    const show = async (add: ReturnType<typeof watch>[] = []): Promise<void> => {
      for (const { id, members } of (await advance(1, { add })).changed) shown.set(id, members);
    };
    await show(reads.map((read, id) => watch(id, 'read', read as unknown as JSONValue)));
    runs.length = 0;
    for (let step = 0; step < 60; step++) {
      stale.length = 0;
      await write((transaction) => {
        for (let count = 1 + generator.below(2); count > 0; count--) {
          const id = ids[generator.below(ids.length)] ?? '';
          const exists = transaction.get(id, 'user') !== null;
          if (generator.chance(0.05)) transaction.insert('late', generator.document());
          else if (exists && generator.chance(0.3)) transaction.remove(id);
          else if (exists && generator.chance(0.6)) transaction.replace(id, generator.document());
          else ids.push(transaction.insert('items', generator.document()));
        }
      });
      if (stale.length > 0) await show();
      const transaction = database.beginRead();
      for (const [id, read] of reads.entries()) {
        const expected = `"value":${JSON.stringify(evaluate(transaction, read))},`;
        expect(shown.get(id), `step ${step}: ${JSON.stringify(read)}`).toContain(expected);
      }
      transaction.end();
    }
    // Most reads are of one group in four, so most writes are no concern of theirs.
    expect(runs.length).toBeLessThan(0.5 * 60 * reads.length);
  },
);
