import { BackendError } from '../backend-error.ts';
import { afterPrefix } from '../index/key-interval.ts';
import { resolveIndexRange } from '../index/index-range.ts';
import { tableInScope } from '../transaction/table-scope.ts';
import { compileExpression } from './filter-expression.ts';
import type { KeyInterval } from '../index/key-interval.ts';
import type { Catalog, Index } from '../storage/catalog.ts';
import type {
  QueryJson,
  QueryOperator,
  QuerySource,
  TableScope,
} from '../transaction/transaction.ts';
import type { Expression } from './filter-expression.ts';

export type Operator = { filter: Expression } | { limit: number };

/** A query, checked and resolved against one catalog. */
export interface QueryPlan {
  /** `null`: the table does not exist yet, so there is nothing to read. */
  readonly index: Index | null;
  readonly interval: KeyInterval;
  readonly isDescending: boolean;
  /** Whether what it reads counts against the limits of the transaction. */
  readonly isCounted: boolean;
  readonly operators: readonly Operator[];
}

const MAX_OPERATORS = 256;

export function planQuery(query: QueryJson, catalog: Catalog, scope: TableScope): QueryPlan {
  if (query.operators.length > MAX_OPERATORS) {
    throw invalidQuery(`it has more than ${MAX_OPERATORS} operators`);
  }
  return {
    ...planSource(query.source, catalog, scope),
    isCounted: scope === 'user',
    operators: query.operators.map(planOperator),
  };
}

function planSource(
  source: QuerySource,
  catalog: Catalog,
  scope: TableScope,
): Omit<QueryPlan, 'operators' | 'isCounted'> {
  switch (source.type) {
    case 'FullTableScan':
      return {
        index: tableInScope(catalog, source.tableName, scope)?.byCreationTime ?? null,
        interval: { start: Buffer.alloc(0), end: afterPrefix(Buffer.alloc(0)) },
        isDescending: source.order === 'desc',
      };
    case 'IndexRange': {
      const index = findIndex(source.indexName, catalog, scope);
      // `_id` only makes keys unique; a range may name it where it is the index.
      const fields = index.fields.length === 1 ? index.fields : index.fields.slice(0, -1);
      return {
        index,
        interval: resolveIndexRange(source.range, { indexName: source.indexName, fields }),
        isDescending: source.order === 'desc',
      };
    }
    case 'Search':
      throw new BackendError(
        400,
        'NotSupported',
        `Full text search is not supported by the embedded backend yet (index "${source.indexName}").`,
      );
    default:
      throw invalidQuery('its source is unknown');
  }
}

function findIndex(indexName: string, catalog: Catalog, scope: TableScope): Index {
  const dot = indexName.indexOf('.');
  const table = tableInScope(catalog, indexName.slice(0, dot), scope);
  const index = table?.indexes.get(indexName.slice(dot + 1));
  if (index !== undefined && !index.isStaged) return index;
  if (index !== undefined) {
    throw new BackendError(
      400,
      'IndexStaged',
      `The index "${indexName}" is staged: it cannot be queried before the schema declares it without \`staged\`.`,
    );
  }
  throw new BackendError(
    400,
    'IndexNotFoundError',
    `There is no index "${indexName}". Declare it in the schema.`,
  );
}

function planOperator(operator: QueryOperator): Operator {
  if ('filter' in operator) return { filter: compileExpression(operator.filter) };
  if (Number.isInteger(operator.limit) && operator.limit >= 0) return { limit: operator.limit };
  throw invalidQuery(`a limit is a whole number, not ${operator.limit}`);
}

function invalidQuery(reason: string): BackendError {
  return new BackendError(400, 'InvalidQuery', `Invalid query: ${reason}.`);
}
