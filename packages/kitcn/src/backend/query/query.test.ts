import { convexToJson } from 'convex/values';
import { describe, expect, onTestFinished, test } from 'vitest';
import { parseSchema } from '../schema/schema.ts';
import { Database } from '../storage/database.ts';
import { applySchema, read } from '../storage/transact.fixture.ts';
import { encodeDocumentId } from '../values/document-id.ts';
import type {
  DocumentJson,
  PageResult,
  QueryJson,
  QueryOperator,
  QueryStream,
  RangeExpression,
  ReadTransaction,
  WriteTransaction,
} from '../transaction/transaction.ts';
import type { WriteGroup } from '../transaction/write-group.ts';
import type { JSONValue } from 'convex/values';

const schema = parseSchema({
  tables: [
    {
      tableName: 'items',
      indexes: [
        { indexDescriptor: 'by_value', fields: ['value'] },
        { indexDescriptor: 'by_group', fields: ['group', 'rank'] },
      ],
      searchIndexes: [{ indexDescriptor: 'search', searchField: 'text', filterFields: [] }],
      documentType: null,
    },
  ],
});

function openWith(documents: readonly JSONValue[]): {
  database: Database;
  group: WriteGroup;
  transaction: WriteTransaction;
  ids: string[];
} {
  const database = Database.open({ file: ':memory:' });
  onTestFinished(() => database.close());
  applySchema(database, schema);
  const group = database.beginGroup();
  const transaction = group.begin();
  const ids = documents.map((document) => transaction.insert('items', document));
  return { database, group, transaction, ids };
}

const numbered = (count: number): JSONValue[] =>
  Array.from({ length: count }, (_, n) => ({ n, group: n % 3, rank: -n, value: n }));

type Order = 'asc' | 'desc' | null;

const scan = (order: Order, ...operators: QueryOperator[]): QueryJson => ({
  source: { type: 'FullTableScan', tableName: 'items', order },
  operators,
});

type Condition = [type: RangeExpression['type'], fieldPath: string, value: JSONValue];

const range = (index: string, conditions: Condition[], order: Order = 'asc'): QueryJson => ({
  source: {
    type: 'IndexRange',
    indexName: `items.${index}`,
    range: conditions.map(([type, fieldPath, value]) => ({ type, fieldPath, value })),
    order,
  },
  operators: [],
});

function drain(stream: QueryStream): DocumentJson[] {
  const documents: DocumentJson[] = [];
  for (let next = stream.next(); next !== null; next = stream.next()) documents.push(next);
  return documents;
}

const run = (transaction: ReadTransaction, query: QueryJson): JSONValue[] =>
  drain(transaction.query(query, 'user')).map(({ n }) => n ?? null);

const upTo = (count: number): number[] => [...Array(count).keys()];

const text = 'x'.repeat(1000);

const isEven: QueryOperator = {
  filter: { $eq: [{ $mod: [{ $field: 'n' }, { $literal: 2 }] }, { $literal: 0 }] },
};

describe('streams', () => {
  test('nothing', () => {
    const { transaction } = openWith([]);
    expect(run(transaction, scan(null))).toEqual([]);
    expect(run(transaction, range('by_value', [['Eq', 'value', 1]]))).toEqual([]);
    const unknown: QueryJson = {
      source: { type: 'FullTableScan', tableName: 'nope', order: null },
      operators: [],
    };
    expect(run(transaction, unknown)).toEqual([]);
  });

  test('as text they are the documents that were stored', () => {
    const { transaction } = openWith(numbered(100));
    const query = { ...scan('desc'), operators: [isEven, { limit: 30 }] };
    const stream = transaction.query(query, 'user');
    const texts: string[] = [];
    for (let next = stream.nextJson(); next !== null; next = stream.nextJson()) texts.push(next);
    const documents = texts.map((json): unknown => JSON.parse(json));
    expect(documents).toHaveLength(30);
    expect(documents).toEqual(drain(transaction.query(query, 'user')));
  });

  test.each([1, 15, 16, 17, 47, 48, 49, 1000])(
    '%d documents, over all batch boundaries',
    (count) => {
      const { transaction } = openWith(numbered(count));
      expect(run(transaction, scan(null))).toEqual(upTo(count));
      expect(run(transaction, scan('desc'))).toEqual(upTo(count).reverse());
      expect(run(transaction, range('by_value', [], 'desc'))).toEqual(upTo(count).reverse());
    },
  );

  test('ten thousand', () => {
    const { transaction } = openWith(numbered(10_000));
    expect(run(transaction, scan(null)).length).toBe(10_000);
    expect(run(transaction, range('by_value', [['Gte', 'value', 9_998]]))).toEqual([9_998, 9_999]);
    expect(run(transaction, scan('desc', isEven, { limit: 2 }))).toEqual([9_998, 9_996]);
    expect(transaction.count('items')).toBe(10_000);
  });

  const values = [
    undefined,
    null,
    -5n,
    3n,
    -1.5,
    -0,
    0,
    2,
    NaN,
    false,
    true,
    '',
    'a',
    'a\0',
    'b',
    [],
    [1],
    {},
    { a: 1 },
  ];
  const mixed = values.map((value, n) => convexToJson(value === undefined ? { n } : { n, value }));

  test('every type in its place, whatever order it came in', () => {
    const { transaction } = openWith(mixed.toReversed());
    expect(run(transaction, range('by_value', []))).toEqual(upTo(values.length));
    expect(run(transaction, range('by_value', [], 'desc'))).toEqual(upTo(values.length).reverse());
  });

  test.each(values.map((value, n) => [n, value] as const))(
    'bounds at value %d are exact',
    (n, value) => {
      const { transaction } = openWith(mixed);
      const at = value === undefined ? { $undefined: null } : convexToJson(value);
      const found = (type: RangeExpression['type'], order: Order = 'asc') =>
        run(transaction, range('by_value', [[type, 'value', at]], order));
      const rest = upTo(values.length);
      expect(found('Eq')).toEqual([n]);
      expect(found('Lt')).toEqual(rest.slice(0, n));
      expect(found('Lte')).toEqual(rest.slice(0, n + 1));
      expect(found('Gt')).toEqual(rest.slice(n + 1));
      expect(found('Gte')).toEqual(rest.slice(n));
      expect(found('Lt', 'desc')).toEqual(rest.slice(0, n).reverse());
      expect(found('Gt', 'desc')).toEqual(rest.slice(n + 1).reverse());
      expect(
        run(
          transaction,
          range('by_value', [
            ['Gt', 'value', at],
            ['Lte', 'value', at],
          ]),
        ),
      ).toEqual([]);
    },
  );

  test('two fields, equal keys by creation', () => {
    const { transaction } = openWith([
      { n: 0, group: 'b', rank: 1 },
      { n: 1, group: 'a', rank: 2 },
      { n: 2, group: 'a', rank: 1 },
      { n: 3, group: 'a', rank: 1 },
      { n: 4, group: 'a' },
    ]);
    const inA: Condition = ['Eq', 'group', 'a'];
    expect(run(transaction, range('by_group', [inA]))).toEqual([4, 2, 3, 1]);
    expect(run(transaction, range('by_group', [inA], 'desc'))).toEqual([1, 3, 2, 4]);
    expect(run(transaction, range('by_group', [inA, ['Lt', 'rank', 2]]))).toEqual([4, 2, 3]);
    expect(run(transaction, range('by_group', [inA, ['Eq', 'rank', 1]]))).toEqual([2, 3]);
  });

  test('the built-in indexes', () => {
    const { transaction, ids } = openWith(numbered(5));
    const [first = '', second = ''] = ids;
    const at = Number(transaction.get(second, 'user')?._creationTime);
    expect(run(transaction, range('by_creation_time', [['Lt', '_creationTime', at]]))).toEqual([0]);
    expect(run(transaction, range('by_id', [['Eq', '_id', first]]))).toEqual([0]);
    expect(
      run(
        transaction,
        range('by_id', [
          ['Gt', '_id', first],
          ['Lte', '_id', first],
        ]),
      ),
    ).toEqual([]);
    expect(run(transaction, range('by_id', []))).toHaveLength(5);
  });

  test('filters and limits act in the order they stand', () => {
    const { transaction } = openWith(numbered(10));
    expect(run(transaction, scan(null, isEven, { limit: 2 }))).toEqual([0, 2]);
    expect(run(transaction, scan(null, { limit: 3 }, isEven))).toEqual([0, 2]);
    expect(run(transaction, scan(null, { limit: 0 }))).toEqual([]);
    expect(run(transaction, scan('desc', { limit: 100 }, { limit: 1 }))).toEqual([9]);
  });

  test('only `true` passes a filter', () => {
    const { transaction } = openWith([{ n: 0, ok: true }, { n: 1, ok: 'yes' }, { n: 2 }]);
    expect(run(transaction, scan(null, { filter: { $field: 'ok' } }))).toEqual([0]);
  });

  test.each<[string, QueryJson, string]>([
    ['an index that is not there', range('by_nothing', []), 'IndexNotFoundError'],
    ['a bad range', range('by_group', [['Eq', 'rank', 1]]), 'InvalidIndexRange'],
    [
      'a value too deep',
      range('by_value', [['Eq', 'value', JSON.parse('['.repeat(99) + ']'.repeat(99))]]),
      'ValueTooNested',
    ],
    ['a bad filter', scan(null, { filter: { $what: [1, 2] } }), 'InvalidFilter'],
    ['a bad limit', scan(null, { limit: -1 }), 'InvalidQuery'],
    ['257 operators', scan(null, ...Array<QueryOperator>(257).fill({ limit: 1 })), 'InvalidQuery'],
    [
      'search',
      { source: { type: 'Search', indexName: 'items.search', filters: [] }, operators: [] },
      'NotSupported',
    ],
    [
      'a system table',
      {
        source: { type: 'FullTableScan', tableName: '_scheduled_functions', order: null },
        operators: [],
      },
      'WrongTableScope',
    ],
    [
      'an index of a system table',
      {
        source: {
          type: 'IndexRange',
          indexName: '_scheduled_functions.by_state',
          range: [],
          order: null,
        },
        operators: [],
      },
      'WrongTableScope',
    ],
  ])('refuses %s', (_, query, code) => {
    const { transaction } = openWith([]);
    expect(() => transaction.query(query, 'user')).toThrow(
      expect.objectContaining({ code, status: 400 }),
    );
  });

  test('due jobs by an index range', () => {
    const { transaction } = openWith([]);
    for (const [kind, scheduledTime] of [
      ['pending', 20],
      ['success', 5],
      ['pending', 10],
      ['pending', 30],
    ] as const) {
      transaction.insert('_scheduled_functions', { state: { kind }, scheduledTime }, 'system');
    }
    const due = drain(
      transaction.query(
        {
          source: {
            type: 'IndexRange',
            indexName: '_scheduled_functions.by_state',
            range: [
              { type: 'Eq', fieldPath: 'state.kind', value: 'pending' },
              { type: 'Lte', fieldPath: 'scheduledTime', value: 20 },
            ],
            order: 'asc',
          },
          operators: [],
        },
        'system',
      ),
    );
    expect(due.map(({ scheduledTime }) => scheduledTime)).toEqual([10, 20]);
    const files: QueryJson = {
      source: { type: 'FullTableScan', tableName: '_storage', order: null },
      operators: [],
    };
    const refused = expect.objectContaining({ code: 'NotSupported' });
    expect(() => transaction.query(files, 'system')).toThrow(refused);
    const internalId = new Uint8Array(16);
    const file = encodeDocumentId({ tableNumber: 2, internalId });
    expect(() => transaction.get(file, 'system')).toThrow(refused);
  });
});

describe('writes while a stream is open', () => {
  test('show ahead, not behind', () => {
    const { transaction, ids } = openWith(numbered(40));
    const stream = transaction.query(range('by_value', []), 'user');
    expect([stream.next()?.['n'], stream.next()?.['n']]).toEqual([0, 1]);
    transaction.insert('items', { n: 'behind', value: 0.5 });
    transaction.insert('items', { n: 'ahead', value: 2.5 });
    transaction.remove(ids[1] ?? '');
    transaction.remove(ids[3] ?? '');
    transaction.patch(ids[4] ?? '', { n: 'moved', value: 100 });
    const rest = drain(stream).map(({ n }) => n);
    expect(rest.slice(0, 3)).toEqual([2, 'ahead', 5]);
    expect(rest.at(-1)).toBe('moved');
    expect(rest).toHaveLength(38);
  });

  test('removing everything while walking through it', () => {
    const { transaction } = openWith(numbered(500));
    const stream = transaction.query(scan('desc'), 'user');
    for (let next = stream.next(); next !== null; next = stream.next())
      transaction.remove(next._id);
    expect(transaction.count('items')).toBe(0);
  });

  test('two streams of one query do not disturb each other', () => {
    const { transaction } = openWith(numbered(40));
    const [left, right] = [
      transaction.query(scan(null), 'user'),
      transaction.query(scan(null), 'user'),
    ];
    for (const n of upTo(40)) expect([left.next()?.['n'], right.next()?.['n']]).toEqual([n, n]);
  });

  test('a rollback takes back what was read ahead', () => {
    const { transaction } = openWith(numbered(2));
    const sub = transaction.savepoint();
    transaction.insert('items', { n: 'gone' });
    const stream = transaction.query(scan(null), 'user');
    stream.next();
    sub.rollback();
    expect(drain(stream).map(({ n }) => n)).toEqual([1]);
  });

  test('a closed stream is at its end', () => {
    const { transaction } = openWith(numbered(3));
    const stream = transaction.query(scan(null), 'user');
    stream.next();
    stream.close();
    expect(stream.next()).toBeNull();
  });
});

interface Paging {
  cursor?: string | null;
  endCursor?: string | null;
  pageSize?: number;
  maximumRowsRead?: number | null;
  maximumBytesRead?: number | null;
}

function page(transaction: ReadTransaction, query: QueryJson, options: Paging = {}) {
  const result: PageResult = transaction.queryPage(
    { query, cursor: null, endCursor: null, pageSize: 3, maximumRowsRead: null, ...options },
    'user',
  );
  return { ...result, found: result.page.map(({ n }) => n) };
}

function pages(
  transaction: ReadTransaction,
  query: QueryJson,
  options: Paging = {},
): JSONValue[][] {
  const all: JSONValue[][] = [];
  let cursor: string | null = null;
  for (let isDone = false; !isDone;) {
    const result: ReturnType<typeof page> = page(transaction, query, { ...options, cursor });
    all.push(result.found.map((n) => n ?? null));
    ({ isDone, continueCursor: cursor } = result);
  }
  return all;
}

describe('pages', () => {
  test.each<Order>(['asc', 'desc'])('cover everything once, %s', (order) => {
    const { transaction } = openWith(numbered(100));
    for (const pageSize of [1, 3, 7, 16, 100, 101]) {
      const expected = order === 'asc' ? upTo(100) : upTo(100).reverse();
      expect(pages(transaction, scan(order), { pageSize }).flat()).toEqual(expected);
    }
  });

  test('a range with equal keys', () => {
    const { transaction } = openWith(
      numbered(10).map((item) => ({ ...(item as object), value: 'same' })),
    );
    const query = range('by_value', [['Eq', 'value', 'same']], 'desc');
    expect(pages(transaction, query)).toEqual([[9, 8, 7], [6, 5, 4], [3, 2, 1], [0]]);
  });

  test('of nothing', () => {
    const { transaction } = openWith([]);
    expect(page(transaction, scan(null))).toMatchObject({
      found: [],
      isDone: true,
      splitCursor: null,
      pageStatus: null,
    });
  });

  test('the cursor of the end stays at the end', () => {
    const { transaction } = openWith(numbered(2));
    const { continueCursor, isDone } = page(transaction, scan(null));
    expect(isDone).toBe(true);
    transaction.insert('items', { n: 'late' });
    expect(page(transaction, scan(null), { cursor: continueCursor })).toMatchObject({
      found: [],
      isDone: true,
    });
  });

  test('the document under a cursor may go, and others come', () => {
    const { transaction, ids } = openWith(numbered(9));
    const { continueCursor: cursor } = page(transaction, range('by_value', []));
    transaction.remove(ids[2] ?? '');
    transaction.remove(ids[3] ?? '');
    transaction.insert('items', { n: 'before', value: 1.5 });
    transaction.insert('items', { n: 'after', value: 2.5 });
    expect(page(transaction, range('by_value', []), { cursor }).found).toEqual(['after', 4, 5]);
  });

  test('filtered documents are read but not counted', () => {
    const { transaction } = openWith(numbered(10));
    expect(pages(transaction, scan(null, isEven))).toEqual([
      [0, 2, 4],
      [6, 8],
    ]);
  });

  test('an end cursor rules over size and limits', () => {
    const { transaction } = openWith(numbered(10));
    for (const order of ['asc', 'desc'] as const) {
      const first = page(transaction, scan(order), { pageSize: 2 });
      const second = page(transaction, scan(order), { pageSize: 4, cursor: first.continueCursor });
      const again = page(transaction, scan(order), {
        pageSize: 1,
        cursor: first.continueCursor,
        endCursor: second.continueCursor,
      });
      expect(again.found).toEqual(second.found);
      expect(again).toMatchObject({ isDone: false, continueCursor: second.continueCursor });
    }
  });

  test('an end cursor at the end takes what came later too', () => {
    const { transaction } = openWith(numbered(2));
    const { continueCursor: endCursor } = page(transaction, scan(null));
    transaction.insert('items', { n: 'late' });
    expect(page(transaction, scan(null), { endCursor, pageSize: 1 })).toMatchObject({
      found: [0, 1, 'late'],
      isDone: true,
    });
  });

  test('a page grows between its cursors', () => {
    const { transaction, ids } = openWith(numbered(6));
    const query = range('by_value', []);
    const { continueCursor: endCursor } = page(transaction, query);
    transaction.insert('items', { n: 'new', value: 0.5 });
    transaction.remove(ids[2] ?? '');
    const grown = page(transaction, query, { endCursor });
    expect(grown.found).toEqual([0, 'new', 1]);
    expect(page(transaction, query, { cursor: grown.continueCursor }).found).toEqual([3, 4, 5]);
  });

  test('a row limit ends a page early, and its halves make the whole', () => {
    const { transaction } = openWith(numbered(10));
    const whole = page(transaction, scan(null, isEven), { pageSize: 5, maximumRowsRead: 4 });
    expect(whole).toMatchObject({ found: [0, 2], isDone: false, pageStatus: 'SplitRequired' });
    const left = page(transaction, scan(null, isEven), { endCursor: whole.splitCursor });
    const right = page(transaction, scan(null, isEven), {
      cursor: whole.splitCursor,
      endCursor: whole.continueCursor,
    });
    expect([left.found, right.found]).toEqual([[0], [2]]);
    expect(
      pages(transaction, scan(null, isEven), { pageSize: 5, maximumRowsRead: 4 }).flat(),
    ).toEqual([0, 2, 4, 6, 8]);
  });

  test('a limit of bytes ends a page early, after one document at least', () => {
    const { transaction } = openWith(numbered(5).map((item) => ({ ...(item as object), text })));
    const size = 2 * text.length;
    const query = scan(null);
    const first = page(transaction, query, { maximumBytesRead: size });
    expect(first).toMatchObject({ found: [0, 1], isDone: false, pageStatus: 'SplitRequired' });
    expect(pages(transaction, query, { maximumBytesRead: 1 })).toEqual([
      [0],
      [1],
      [2],
      [3],
      [4],
      [],
    ]);
    expect(page(transaction, query, { pageSize: 5 }).pageStatus).toBeNull();
  });

  test('a page of many bytes asks to be split', () => {
    const large = 'x'.repeat(1_000_000);
    const { database, group, transaction } = openWith(Array(14).fill({ large }));
    transaction.commit();
    group.commit();
    // A transaction each, since one may not read as much.
    const statusOf = (pageSize: number): PageResult['pageStatus'] =>
      read(database, (t) => page(t, scan(null), { pageSize }).pageStatus);
    expect(statusOf(12)).toBeNull();
    expect(statusOf(13)).toBe('SplitRecommended');
  });

  test.each([{ maximumRowsRead: 4 }, { maximumBytesRead: 1 }])(
    'a page with an end cursor is whole, and beyond %j asks to be split',
    (limit) => {
      const { transaction } = openWith(numbered(10));
      const { continueCursor: endCursor } = page(transaction, scan(null), { pageSize: 8 });
      const whole = page(transaction, scan(null), { endCursor, ...limit });
      expect(whole).toMatchObject({
        found: upTo(8),
        continueCursor: endCursor,
        pageStatus: 'SplitRecommended',
      });
      const left = page(transaction, scan(null), { endCursor: whole.splitCursor, ...limit });
      const right = page(transaction, scan(null), {
        cursor: whole.splitCursor,
        endCursor,
        ...limit,
      });
      expect([...left.found, ...right.found]).toEqual(upTo(8));
    },
  );

  test('above three quarters of a limit a page asks to be split', () => {
    const { transaction } = openWith(numbered(10));
    const statusOf = (pageSize: number, limit: Paging) =>
      page(transaction, scan(null), { pageSize, ...limit }).pageStatus;
    expect(statusOf(6, { maximumRowsRead: 8 })).toBeNull();
    expect(statusOf(7, { maximumRowsRead: 8 })).toBe('SplitRecommended');
    expect(statusOf(8, { maximumRowsRead: 8 })).toBe('SplitRecommended');
    expect(statusOf(9, { maximumRowsRead: 8 })).toBe('SplitRequired');
  });

  test('a very long page asks to be split', () => {
    const { transaction } = openWith(numbered(7000));
    expect(page(transaction, scan(null), { pageSize: 7000 }).pageStatus).toBe('SplitRecommended');
    expect(page(transaction, scan(null), { pageSize: 6000 }).pageStatus).toBeNull();
  });

  test('a cursor of another query is refused in the way that React hooks know', () => {
    const { transaction } = openWith(numbered(5));
    const { continueCursor } = page(transaction, scan(null));
    const others = [
      scan('desc'),
      scan(null, isEven),
      range('by_value', []),
      range('by_value', [['Gt', 'value', 1]]),
    ];
    const refused = expect.objectContaining({
      code: 'InvalidCursor',
      status: 400,
      data: { isConvexSystemError: true, paginationError: 'InvalidCursor' },
    });
    for (const query of others) {
      expect(() => page(transaction, query, { cursor: continueCursor })).toThrow(refused);
      expect(() => page(transaction, query, { endCursor: continueCursor })).toThrow(refused);
    }
    expect(() => page(transaction, scan(null), { cursor: 'nonsense' })).toThrow(refused);
    expect(() => page(transaction, scan(null), { cursor: '' })).toThrow(refused);
    // No order means ascending.
    expect(page(transaction, scan('asc'), { cursor: continueCursor }).found).toEqual([3, 4]);
  });

  test('a cursor outlives the restart of nothing but the meaning of its index', () => {
    const { database, group, transaction } = openWith(numbered(5));
    const { continueCursor: cursor } = page(transaction, range('by_value', []));
    transaction.commit();
    group.commit();
    applySchema(database, {
      ...schema,
      tables: schema.tables.map((table) => ({
        ...table,
        indexes: [{ name: 'by_value', fields: ['rank'] }],
      })),
    });
    expect(() => read(database, (t) => page(t, range('by_value', []), { cursor }))).toThrow(
      expect.objectContaining({ code: 'InvalidCursor' }),
    );
  });

  test.each([0, -1, 32_001, NaN])('a page size of %d is refused', (pageSize) => {
    const { transaction } = openWith([]);
    expect(() => page(transaction, scan(null), { pageSize })).toThrow(
      expect.objectContaining({ code: 'InvalidPageSize' }),
    );
  });
});
