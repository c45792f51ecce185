import { BackendError } from '../../backend-error.ts';
import type { PageRequest, QueryJson, TableScope } from '../../transaction/transaction.ts';
import { readTransaction, syscall } from './syscall.ts';
import type { AsyncSyscalls, SyncSyscalls } from './syscall.ts';

export const syncReads: SyncSyscalls = {
  '1.0/queryStream': syscall((execution, { query }: { query: QueryJson }) => {
    const stream = readTransaction(execution).query(query, scopeOf(query));
    return { queryId: execution.addStream(stream) };
  }),

  '1.0/queryCleanup': syscall((execution, { queryId }: { queryId: number }) =>
    execution.closeStream(queryId),
  ),

  '1.0/db/normalizeId': syscall((execution, args: { table: string; idString: string }) => ({
    id: readTransaction(execution).normalizeId(args.table, args.idString, scopeOfTable(args.table)),
  })),
};

export const asyncReads: AsyncSyscalls = {
  '1.0/get': syscall((execution, args: { id: string; isSystem?: boolean; table?: string }) =>
    readTransaction(execution).get(args.id, args.isSystem ? 'system' : 'user', args.table),
  ),

  // One for each document, so the stored text goes on as it is.
  '1.0/queryStreamNext': (execution, argsJson) => {
    const { queryId }: { queryId: number } = JSON.parse(argsJson);
    const stream = execution.stream(queryId);
    if (stream === undefined) {
      throw new BackendError(400, 'QueryNotFound', 'This query has been closed.');
    }
    const value = stream.nextJson();
    return `{"value":${value},"done":${value === null}}`;
  },

  '1.0/queryPage': syscall((execution, request: PageRequest) => {
    if (execution.hasPaginated) {
      throw new BackendError(
        400,
        'MultiplePaginatedDatabaseQueries',
        'A function can run one paginated query only. Use .take(n) or .collect() for the others.',
      );
    }
    execution.hasPaginated = true;
    // The journal is of the function that was called from outside, not of those that it calls.
    const journal = execution.depth === 1 ? execution.request.journal : null;
    const endCursor = request.endCursor ?? journal?.endCursor ?? null;
    const paged = { ...request, endCursor };
    const result = readTransaction(execution).queryPage(paged, scopeOf(request.query));
    if (journal !== null) journal.endCursor = result.continueCursor;
    return { ...result };
  }),

  '1.0/count': syscall((execution, { table }: { table: string }) =>
    readTransaction(execution).count(table),
  ),
};

/** `convex/server` itself sees to it that system tables are read through `ctx.db.system`. */
function scopeOf({ source }: QueryJson): TableScope {
  return scopeOfTable(source.type === 'FullTableScan' ? source.tableName : source.indexName);
}

function scopeOfTable(table: string): TableScope {
  return table.startsWith('_') ? 'system' : 'user';
}
