import type { JSONValue } from 'convex/values';
import { onTestFinished } from 'vitest';
import { systemClock } from '../system-clock.ts';
import { ManualClock } from '../manual-clock.fixture.ts';
import type { Observed } from '../functions/execution.ts';
import type { LiveQueryChange, LiveSnapshot } from '../functions/function-host.ts';
import { Transactions } from '../functions/transactions.ts';
import type { CommitEvents } from '../functions/transactions.ts';
import { parseSchema } from '../schema/schema.ts';
import { Database } from '../storage/database.ts';
import { applySchema } from '../storage/transact.fixture.ts';
import { ReadSet } from '../transaction/read-set.ts';
import type { ReadTransaction, WriteTransaction } from '../transaction/transaction.ts';
import type { QueryRequest } from './query-request.ts';
import { QueryService } from './query-service.ts';

/** Stands for a user function: reads, and says what else it looked at. */
export type TestQuery = (
  transaction: ReadTransaction,
  request: QueryRequest,
  observed: Observed,
) => JSONValue | Promise<JSONValue>;

export interface TestService {
  /** What the cache goes by. */
  readonly clock: ManualClock;
  readonly database: Database;
  readonly service: QueryService;
  /** Paths, in the order in which they ran. */
  readonly runs: string[];
  /** Sets that were told to be stale. */
  readonly stale: number[];
  write(work: (transaction: WriteTransaction) => void): Promise<void>;
  advance(setId: number, change?: Partial<LiveQueryChange>): Promise<LiveSnapshot>;
}

export const SCHEMA = parseSchema({
  tables: [
    {
      tableName: 'items',
      indexes: [{ indexDescriptor: 'by_group', fields: ['group', 'rank'] }],
      documentType: null,
    },
  ],
});

/** For tests: the service over a real database, with queries that are plain functions. */
export function openService(
  queries: Readonly<Record<string, TestQuery>>,
  cacheBytes = 1_000_000,
): TestService {
  const clock = new ManualClock(Date.now());
  const database = Database.open({ file: ':memory:' });
  onTestFinished(() => database.close());
  applySchema(database, SCHEMA);
  const events: CommitEvents = {
    onScheduled() {},
    onCommit: (changes, timestamp) => service.onCommit(changes, timestamp),
  };
  const transactions = new Transactions(database, events, { clock: systemClock });
  const runs: string[] = [];
  const stale: number[] = [];
  const service = new QueryService({
    transactions,
    clock,
    cacheBytes,
    onStale: (setId) => stale.push(setId),
    async run(snapshot, request) {
      runs.push(request.path);
      const reads = new ReadSet();
      const observed = { identity: false, clock: false };
      const query = queries[request.path];
      if (query === undefined) throw new TypeError(`no query ${request.path}`);
      const value = await query(snapshot.recording(reads), request, observed);
      const journal = request.journal;
      return { result: { status: 'success', value, logLines: [] }, journal, reads, observed };
    },
  });
  return {
    clock,
    database,
    service,
    runs,
    stale,
    write: (work) => transactions.write(({ transaction }) => work(transaction)),
    advance: (setId, change = {}) =>
      service.advance(setId, {
        identity: null,
        isAdmin: false,
        add: [],
        remove: [],
        notBefore: 0n,
        ...change,
      }),
  };
}

export const watch = (id: number, path: string, args: JSONValue = {}) => ({
  id,
  path,
  args,
  journal: null,
});
