import { BackendError } from '../backend-error.ts';
import { intervalBehind, intervalUpTo } from '../index/key-interval.ts';
import { documentOf, keyOf } from '../storage/documents.ts';
import { decodeCursor, encodeCursor, fingerprintOf } from './cursor.ts';
import { IndexScan } from './index-scan.ts';
import { OperatorChain } from './operator-chain.ts';
import { TRANSACTION_LIMITS } from '../transaction/transaction-usage.ts';
import type { IndexRow } from '../storage/documents.ts';
import type { PageRequest, PageResult } from '../transaction/transaction.ts';
import type { TransactionView } from '../transaction/transaction-view.ts';
import type { CursorPosition } from './cursor.ts';
import type { QueryPlan } from './query-plan.ts';

const MAX_PAGE_SIZE = 32_000;
/** Of what a page may read, where its request does not say: above three quarters it should be split. */
const USUAL_ROWS = 8192;
const USUAL_BYTES = TRANSACTION_LIMITS.bytesRead.most;
const SPLIT_RECOMMENDED = 0.75;

/** What was read for one page, filtered-out documents included. */
interface PageRows {
  /** JSON texts of documents. */
  readonly page: string[];
  readonly read: IndexRow[];
  /** Of all documents that were read. */
  readonly bytes: number;
  readonly stopped: 'end' | 'full' | 'limit';
}

/**
 * Reads one page. With an `endCursor` the page is everything up to it, whatever page size and limits say, so that the
 * pages of a growing list keep meeting: it has to be whole, and the most that the limits do is to ask for a split.
 */
export function readPage(view: TransactionView, request: PageRequest, plan: QueryPlan): PageResult {
  assertPageSize(request.pageSize);
  const fingerprint = fingerprintOf(request.query, plan);
  const start = request.cursor === null ? null : decodeCursor(fingerprint, request.cursor);
  const until = request.endCursor === null ? null : decodeCursor(fingerprint, request.endCursor);
  const rows = start === 'end' ? EMPTY : collectRows(view, request, narrow(plan, start, until));
  const position: CursorPosition = until ?? positionAfter(rows, plan);
  const middle = rows.read[(rows.read.length >> 1) - 1];
  return {
    page: rows.page.map(documentOf),
    isDone: position === 'end',
    continueCursor: encodeCursor(fingerprint, position),
    splitCursor: middle && plan.index ? encodeCursor(fingerprint, keyOf(middle, plan.index)) : null,
    pageStatus: pageStatusOf(rows, request),
  };
}

const EMPTY: PageRows = { page: [], read: [], bytes: 0, stopped: 'end' };

function narrow(
  plan: QueryPlan,
  start: Uint8Array | null,
  until: CursorPosition | null,
): QueryPlan {
  let { interval, operators } = plan;
  if (start !== null) interval = intervalBehind(interval, start, plan.isDescending);
  if (until !== null) {
    operators = operators.filter((operator) => 'filter' in operator);
    if (until !== 'end') interval = intervalUpTo(interval, until, plan.isDescending);
  }
  return { ...plan, interval, operators };
}

function collectRows(
  view: TransactionView,
  request: PageRequest,
  { index, operators, ...range }: QueryPlan,
): PageRows {
  if (index === null) return EMPTY;
  const { mostDocuments, mostRows, mostBytes } = limitsOf(request);
  const scan = new IndexScan(view, { index, ...range }, Math.min(mostDocuments, mostRows));
  const chain = new OperatorChain(operators);
  const page: string[] = [];
  const read: IndexRow[] = [];
  let bytes = 0;
  const stop = (stopped: PageRows['stopped']): PageRows => ({ page, read, bytes, stopped });
  for (;;) {
    if (chain.isExhausted) return stop('end');
    if (page.length >= mostDocuments) return stop('full');
    if (read.length >= mostRows || bytes >= mostBytes) return stop('limit');
    const row = scan.next();
    if (row === null) return stop('end');
    read.push(row);
    bytes += row.size;
    if (chain.accepts(row.json)) page.push(row.json);
  }
}

/** At least one row is read, so that whoever goes on from page to page comes to the end. */
function limitsOf(request: PageRequest): {
  mostDocuments: number;
  mostRows: number;
  mostBytes: number;
} {
  if (request.endCursor !== null) {
    return { mostDocuments: Infinity, mostRows: Infinity, mostBytes: Infinity };
  }
  return {
    mostDocuments: Math.floor(request.pageSize),
    mostRows: Math.max(request.maximumRowsRead ?? Infinity, 1),
    mostBytes: Math.max(request.maximumBytesRead ?? Infinity, 1),
  };
}

function positionAfter({ read, stopped }: PageRows, { index }: QueryPlan): CursorPosition {
  const last = read.at(-1);
  return stopped === 'end' || last === undefined || index === null ? 'end' : keyOf(last, index);
}

function pageStatusOf(
  { read, bytes, stopped }: PageRows,
  { maximumRowsRead, maximumBytesRead }: PageRequest,
): PageResult['pageStatus'] {
  if (stopped === 'limit') return 'SplitRequired';
  const isLarge =
    read.length > SPLIT_RECOMMENDED * (maximumRowsRead ?? USUAL_ROWS) ||
    bytes > SPLIT_RECOMMENDED * (maximumBytesRead ?? USUAL_BYTES);
  return isLarge ? 'SplitRecommended' : null;
}

function assertPageSize(pageSize: number): void {
  if (pageSize >= 1 && pageSize <= MAX_PAGE_SIZE) return;
  throw new BackendError(
    400,
    'InvalidPageSize',
    `The page size must be from 1 to ${MAX_PAGE_SIZE}, not ${pageSize}.`,
  );
}
