import { createHash } from 'node:crypto';
import { BackendError } from '../backend-error.ts';
import { TIEBREAKERS } from '../index/index-key.ts';
import type { QueryJson } from '../transaction/transaction.ts';
import type { QueryPlan } from './query-plan.ts';

/** Where a page ended: behind a key of the index, or at the end of the range. */
export type CursorPosition = Uint8Array | 'end';

const END = '*';

/** A short hash of everything that gives a position its meaning: the query, and the fields of its index. */
export function fingerprintOf({ source, operators }: QueryJson, plan: QueryPlan): string {
  const meaning = [
    plan.index?.fields ?? TIEBREAKERS,
    plan.isDescending,
    { ...source, order: null },
    operators,
  ];
  return createHash('sha256').update(JSON.stringify(meaning)).digest('hex').slice(0, 16);
}

export function encodeCursor(fingerprint: string, position: CursorPosition): string {
  const text = position === 'end' ? END : Buffer.from(position).toString('base64url');
  return `${fingerprint}.${text}`;
}

/** Refuses cursors of other queries with the data that Convex's React hooks start over at. */
export function decodeCursor(fingerprint: string, cursor: string): CursorPosition {
  const [prefix, text] = cursor.split('.');
  if (prefix !== fingerprint || text === undefined) {
    throw new BackendError(
      400,
      'InvalidCursor',
      'InvalidCursor: This cursor is of another query, or the query or its index has changed since.',
      { data: { isConvexSystemError: true, paginationError: 'InvalidCursor' } },
    );
  }
  return text === END ? 'end' : Buffer.from(text, 'base64url');
}
