import { DEEPEST_CALL } from '../../packages/kitcn/src/backend/functions/function-runner.ts';
import { MOST_LOG_LINES } from '../../packages/kitcn/src/backend/functions/user-realm.ts';
import { USER_TIME_MS } from '../../packages/kitcn/src/backend/functions/user-time.ts';
import { MOST_WAITING as MOST_REQUESTS } from '../../packages/kitcn/src/backend/http/http-server.ts';
import { MAX_INDEXES, MAX_INDEX_FIELDS } from '../../packages/kitcn/src/backend/schema/schema.ts';
import { MOST_WAITING as MOST_OF_CLIENT } from '../../packages/kitcn/src/backend/sync/sync-session.ts';
import { TRANSACTION_LIMITS } from '../../packages/kitcn/src/backend/transaction/transaction-usage.ts';
import type { TransactionMetric } from '../../packages/kitcn/src/backend/transaction/transaction-usage.ts';
import {
  MAX_ARRAY_LENGTH,
  MAX_CALL_BYTES,
  MAX_CALL_NESTING,
  MAX_DOCUMENT_BYTES,
  MAX_DOCUMENT_NESTING,
  MAX_FIELDS,
} from '../../packages/kitcn/src/backend/values/value-limits.ts';

const count = (number: number): string => number.toLocaleString('en-US');
const mebibytes = (bytes: number): string => `${bytes / 1024 ** 2} MiB`;
const most = (metric: TransactionMetric): string => count(TRANSACTION_LIMITS[metric].most);
const mostBytes = (metric: TransactionMetric): string => mebibytes(TRANSACTION_LIMITS[metric].most);

/** What the embedded backend holds functions and clients to, and how much. */
export const LIMITS: readonly (readonly [what: string, most: string])[] = [
  [
    'read',
    `${most('documentsRead')} documents, ${mostBytes('bytesRead')}, ${most('databaseQueries')} index ranges (each \`get\` and each query)`,
  ],
  ['written', `${most('documentsWritten')} documents, ${mostBytes('bytesWritten')}`],
  [
    'scheduled',
    `${most('functionsScheduled')} functions, ${mostBytes('scheduledFunctionArgsBytes')} of arguments`,
  ],
  ['arguments, and a result', `${mebibytes(MAX_CALL_BYTES)} each, ${MAX_CALL_NESTING} levels deep`],
  [
    'a document',
    `${mebibytes(MAX_DOCUMENT_BYTES)}, ${MAX_DOCUMENT_NESTING} levels, ${count(MAX_ARRAY_LENGTH)} items an array, ${count(MAX_FIELDS)} fields an object`,
  ],
  ['indexes', `${MAX_INDEXES} a table, ${MAX_INDEX_FIELDS} fields each`],
  ['calls in calls', `${DEEPEST_CALL} levels`],
  ['paginated queries', 'one a function'],
  ['log lines of a call', `${MOST_LOG_LINES}, and one that says so; all go to \`log\``],
  ['requests', `${count(MOST_REQUESTS)} on a port that wait for their answers`],
  [
    'a live client',
    `${count(MOST_OF_CLIENT)} mutations that wait, ${count(MOST_OF_CLIENT)} actions that run`,
  ],
  [
    'time of a query or a mutation',
    `${USER_TIME_MS / 1_000} s of the processor for its own code, \`transactionTimeoutMs\` with all waiting`,
  ],
];
