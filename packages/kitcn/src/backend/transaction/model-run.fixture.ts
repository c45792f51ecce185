import { expect } from 'vitest';
import { must } from '../../shared/assert.ts';
import { parseSchema } from '../schema/schema.ts';
import { Database } from '../storage/database.ts';
import { applySchema, read } from '../storage/transact.fixture.ts';
import { isTouchedBy } from '../subscription/range-index.ts';
import type { Reader } from '../subscription/range-index.ts';
import { expectSame } from './expect-same.fixture.ts';
import { Model } from './model.fixture.ts';
import type { ModelPosition } from './model.fixture.ts';
import { TABLES, withoutUndefined } from './operation.fixture.ts';
import type { Fields, Operation, QuerySketch } from './operation.fixture.ts';
import { findIn, indexName, resolveQuery } from './resolved-query.fixture.ts';
import type { OpenPage, ResolvedQuery } from './resolved-query.fixture.ts';
import { ReadSet } from './read-set.ts';
import type {
  ChangeSet,
  DocumentJson,
  QueryStream,
  ReadTransaction,
  Snapshot,
  WriteTransaction,
} from './transaction.ts';
import type { WriteGroup } from './write-group.ts';

/** The writer that is open, and what it must look like. */
interface OpenWrite {
  readonly group: WriteGroup;
  readonly transaction: WriteTransaction;
  model: Model;
  readonly creationTimeBefore: number;
  stream: { readonly query: ResolvedQuery; readonly real: QueryStream; at: ModelPosition } | null;
  readonly savepoints: {
    readonly before: Model;
    readonly point: ReturnType<WriteTransaction['savepoint']>;
  }[];
}

interface Watch extends Reader {
  readonly query: ResolvedQuery;
  readonly most: number;
  readonly found: readonly DocumentJson[];
}

interface Commit {
  readonly timestamp: bigint;
  readonly model: Model;
  readonly hasChanged: boolean;
}

const RETENTION_NS = 30_000_000_000n;

/** Does operations on a real database and on the model, and compares everything that can be seen. For tests. */
export class ModelRun implements Disposable {
  #now = 1_700_000_000_000;
  /** Of the newest document, also of one that a sub-transaction took back. */
  #creationTime = 0;
  readonly #database: Database = Database.open({ file: ':memory:', now: () => this.#now });
  /** Every state that was committed, the last one present. */
  readonly #commits: Commit[] = [];
  /** Of all documents that ever were, removed ones too. */
  readonly #ids: string[] = [];
  #indexes: readonly (readonly string[])[] = [];
  #write: OpenWrite | null = null;
  #snapshot: { readonly reader: Snapshot; readonly model: Model } | null = null;
  #pages: OpenPage[] = [];
  #watches: Watch[] = [];

  constructor() {
    this.#changeIndexes([['a']]);
    const { timestamp } = this.#database;
    this.#commits.push({ timestamp, model: new Model(), hasChanged: false });
  }

  do(operation: Operation): void {
    switch (operation.type) {
      case 'insert':
        return this.#insert(operation.table, operation.fields);
      case 'patch':
      case 'replace':
      case 'remove':
        return this.#change(operation);
      case 'get':
        return this.#get(this.#idOf(operation.pick));
      case 'count':
        return this.#count();
      case 'savepoint':
        return this.#savepoint();
      case 'release':
      case 'rollback':
        return this.#endSavepoint(operation.type);
      case 'commit':
        return this.#commit();
      case 'abort':
        return this.#abort();
      default:
        return this.#read(operation);
    }
  }

  [Symbol.dispose](): void {
    this.#write?.group.end();
    this.#snapshot?.reader.end();
    this.#database.close();
  }

  #read(
    operation: Extract<
      Operation,
      { query: unknown } | { pageSize: unknown } | { type: 'wait' | 'changeIndexes' }
    >,
  ): void {
    switch (operation.type) {
      case 'find':
        return this.#find(operation);
      case 'page':
        return this.#page(operation);
      case 'nextPage':
        return this.#nextPage(operation);
      case 'samePage':
        return this.#samePage(operation.pick);
      case 'step':
        return this.#step(operation.query);
      case 'findAt':
        return this.#findAt(operation.pick, operation.query);
      case 'watch':
        this.#watches.push(this.#run(resolveQuery(operation.query, this.#indexes), operation.most));
        return;
      case 'keepSnapshot':
        return this.#keepSnapshot();
      case 'checkSnapshot':
        return this.#checkSnapshot(operation.query);
      case 'wait':
        this.#now += operation.milliseconds;
        return;
      case 'changeIndexes':
        if (this.#write === null) this.#changeIndexes(operation.fields);
    }
  }

  get #committed(): Model {
    return must(this.#commits.at(-1), 'there is a first state').model;
  }

  #idOf(pick: number): string | undefined {
    return this.#ids.length === 0 ? undefined : this.#ids[pick % this.#ids.length];
  }

  #begin(): OpenWrite {
    if (this.#write !== null) return this.#write;
    const group = this.#database.beginGroup();
    this.#write = {
      group,
      transaction: group.begin(),
      model: this.#committed.copy(),
      creationTimeBefore: this.#creationTime,
      stream: null,
      savepoints: [],
    };
    return this.#write;
  }

  #insert(table: string, fields: Fields): void {
    const { transaction, model } = this.#begin();
    const present = withoutUndefined(fields);
    const id = transaction.insert(table, present);
    const document = must(transaction.get(id, 'user'), 'an inserted document is there');
    const { _id, _creationTime, ...stored } = document;
    expectSame(stored, present);
    expectSame(_id, id);
    expect(_creationTime).toBeGreaterThan(this.#creationTime);
    this.#creationTime = _creationTime;
    model.set(table, document);
    this.#ids.push(id);
  }

  #change(operation: Extract<Operation, { type: 'patch' | 'replace' | 'remove' }>): void {
    const id = this.#idOf(operation.pick);
    if (id === undefined) return;
    const { transaction, model } = this.#begin();
    const before = model.get(id);
    const change = (): DocumentJson => {
      if (operation.type === 'remove') return transaction.remove(id);
      if (operation.type === 'patch') return transaction.patch(id, operation.fields);
      return transaction.replace(id, withoutUndefined(operation.fields));
    };
    if (before === null) {
      expect(change).toThrow(expect.objectContaining({ code: 'NonexistentDocument' }));
      return;
    }
    const answered = change();
    if (operation.type === 'remove') {
      expectSame(answered, before);
      model.remove(id);
      return;
    }
    const { _id, _creationTime } = before;
    const kept = operation.type === 'patch' ? before : {};
    const after = { ...withoutUndefined({ ...kept, ...operation.fields }), _id, _creationTime };
    expectSame(answered, after);
    model.update(after);
  }

  #get(id: string | undefined): void {
    if (id === undefined) return;
    const { transaction, model } = this.#begin();
    expectSame(transaction.get(id, 'user'), model.get(id));
    read(this.#database, (reader) => expectSame(reader.get(id, 'user'), this.#committed.get(id)));
  }

  #count(): void {
    for (const table of TABLES) {
      read(this.#database, (reader) =>
        expectSame(reader.count(table), this.#committed.count(table)),
      );
      if (this.#write === null) continue;
      expectSame(this.#write.transaction.count(table), this.#write.model.count(table));
    }
  }

  #savepoint(): void {
    const { transaction, model, savepoints } = this.#begin();
    savepoints.push({ before: model.copy(), point: transaction.savepoint() });
  }

  #endSavepoint(how: 'release' | 'rollback'): void {
    const ended = this.#write?.savepoints.pop();
    if (this.#write === null || ended === undefined) return;
    ended.point[how]();
    if (how === 'rollback') this.#write.model = ended.before;
  }

  #commit(): void {
    if (this.#write === null) return;
    while (this.#write.savepoints.length > 0) this.#endSavepoint('release');
    const { group, transaction, model } = this.#write;
    const before = this.#database.timestamp;
    const { changes } = transaction;
    const timestamp = transaction.commit();
    group.commit();
    this.#write = null;
    expectSame(timestamp, this.#database.timestamp);
    expectSame(timestamp >= before, true);
    const hasChanged = changes.documents.length > 0;
    if (timestamp > before) this.#commits.push({ timestamp, model, hasChanged });
    else expectSame([...model.entries], [...this.#committed.entries]);
    this.#checkWatches(changes);
  }

  #abort(): void {
    if (this.#write === null) return;
    this.#write.transaction.end();
    this.#write.group.commit();
    this.#creationTime = this.#write.creationTimeBefore;
    this.#write = null;
  }

  #find({ query, most, isCommitted }: Extract<Operation, { type: 'find' }>): void {
    const resolved = resolveQuery(query, this.#indexes);
    const check = (transaction: ReadTransaction, model: Model): void =>
      expectSame(findIn(transaction, resolved, most), model.find(resolved.model).slice(0, most));
    if (!isCommitted && this.#write !== null) check(this.#write.transaction, this.#write.model);
    else read(this.#database, (reader) => check(reader, this.#committed));
  }

  #step(sketch: QuerySketch): void {
    const write = this.#begin();
    const { transaction, model } = write;
    if (write.stream === null) {
      const query = resolveQuery(sketch, this.#indexes);
      write.stream = { query, real: transaction.query(query.json, 'user'), at: null };
    }
    const { query, real, at } = write.stream;
    const limits = { after: at, pageSize: 1, mostRows: Infinity };
    const { ids, position } = model.page(query.model, limits);
    const document = real.next();
    expectSame(document?._id, ids[0]);
    if (document === null) write.stream = null;
    else write.stream.at = position;
  }

  #page({ query, pageSize, mostRows }: Extract<Operation, { type: 'page' }>): void {
    this.#readPage(
      { query: resolveQuery(query, this.#indexes), cursor: null, at: null },
      pageSize,
      mostRows,
    );
  }

  #nextPage({ pick, pageSize }: { pick: number; pageSize: number }): void {
    const page = this.#pages[pick % Math.max(this.#pages.length, 1)];
    if (page === undefined) return;
    this.#readPage({ query: page.query, cursor: page.end, at: page.endAt }, pageSize, null);
  }

  #readPage(
    from: { query: ResolvedQuery; cursor: string | null; at: ModelPosition },
    pageSize: number,
    mostRows: number | null,
  ): void {
    const { query, cursor, at } = from;
    read(this.#database, (reader) => {
      const result = reader.queryPage(
        { query: query.json, cursor, endCursor: null, pageSize, maximumRowsRead: mostRows },
        'user',
      );
      const limits = { after: at, pageSize, mostRows: mostRows ?? Infinity };
      const expected = this.#committed.page(query.model, limits);
      expectSame(
        result.page.map(({ _id }) => _id),
        expected.ids,
      );
      expectSame(result.isDone, expected.position === 'end');
      const end = { end: result.continueCursor, endAt: expected.position };
      this.#pages.push({ query, start: cursor, startAt: at, ...end });
    });
  }

  #samePage(pick: number): void {
    const page = this.#pages[pick % Math.max(this.#pages.length, 1)];
    if (page === undefined) return;
    const { query, start, end } = page;
    read(this.#database, (reader) => {
      const request = { query: query.json, cursor: start, endCursor: end, pageSize: 1 };
      const result = reader.queryPage({ ...request, maximumRowsRead: null }, 'user');
      const ids = result.page.map(({ _id }) => _id);
      expectSame(ids, this.#committed.between(query.model, page.startAt, page.endAt));
      expectSame(result.continueCursor, end);
    });
  }

  #findAt(pick: number, sketch: QuerySketch): void {
    const index = pick % this.#commits.length;
    const { timestamp, model } = must(this.#commits[index], 'there is a first state');
    const oldest = BigInt(this.#now) * 1_000_000n - RETENTION_NS;
    const later = this.#commits.slice(index + 1);
    if (later.some((commit) => commit.hasChanged && commit.timestamp < oldest)) {
      const refused = expect.objectContaining({ code: 'OutOfRetention' });
      expect(() => this.#database.beginReadAt(timestamp)).toThrow(refused);
      return;
    }
    const reader = this.#database.beginReadAt(timestamp);
    try {
      const query = resolveQuery(sketch, this.#indexes);
      expectSame(findIn(reader, query, Infinity), model.find(query.model));
      expectSame(reader.count(sketch.table), model.count(sketch.table));
      const id = this.#idOf(pick);
      if (id !== undefined) expectSame(reader.get(id, 'user'), model.get(id));
    } finally {
      reader.end();
    }
  }

  #run(query: ResolvedQuery, most: number): Watch {
    const reader = this.#database.beginRead();
    const reads = new ReadSet();
    const found = findIn(reader.recording(reads), query, most);
    reader.end();
    return { query, most, found, intervals: reads.intervals(), missedTable: reads.missedTable };
  }

  /** What no commit touched is still the present result. */
  #checkWatches(changes: ChangeSet): void {
    this.#watches = this.#watches.map((watch) => {
      if (isTouchedBy(watch, changes)) return this.#run(watch.query, watch.most);
      const expected = this.#committed.find(watch.query.model).slice(0, watch.most);
      expectSame(watch.found, expected);
      return watch;
    });
  }

  #keepSnapshot(): void {
    this.#snapshot?.reader.end();
    this.#snapshot = { reader: this.#database.beginRead(), model: this.#committed };
  }

  #checkSnapshot(sketch: QuerySketch): void {
    if (this.#snapshot === null) return;
    const { reader, model } = this.#snapshot;
    const query = resolveQuery({ ...sketch, index: 0 }, this.#indexes);
    expectSame(findIn(reader, query, Infinity), model.find(query.model));
  }

  #changeIndexes(indexes: readonly (readonly string[])[]): void {
    this.#indexes = indexes;
    const declared = indexes.map((fields, number) => ({
      indexDescriptor: indexName(number + 1),
      fields: [...fields],
    }));
    const tables = TABLES.map((tableName) => ({ tableName, indexes: declared }));
    applySchema(this.#database, parseSchema({ tables }));
    // They are of indexes that may be gone.
    this.#pages = [];
    this.#watches = [];
  }
}
