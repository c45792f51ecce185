import type { JSONValue } from 'convex/values';
import { toNanoseconds } from '../transaction/commit-clock.ts';
import type { Connection } from './connection.ts';

/** A mutation as a client numbers it: it sends the same one again until it has the answer. */
export interface SessionRequest {
  /** The client's own random name for itself. */
  readonly session: string;
  readonly request: number;
}

/** What a mutation did, kept in the commit of the mutation itself. */
export interface SessionOutcome {
  readonly answer: { readonly value: JSONValue; readonly logLines: string[] };
  /** Of the commit. */
  readonly timestamp: bigint;
}

const KEEP_DAYS = 14;
const MILLISECONDS_PER_DAY = 86_400_000;

export function findOutcome(
  connection: Connection,
  { session, request }: SessionRequest,
): SessionOutcome | null {
  const row = connection.first<{ timestamp: string; answer: string }>(
    `SELECT CAST(timestamp AS TEXT) AS timestamp, answer FROM session_requests
     WHERE session = ? AND request = ?`,
    session,
    request,
  );
  if (row === undefined) return null;
  // Written by `insertOutcome`.
  const answer = JSON.parse(row.answer) as SessionOutcome['answer'];
  return { answer, timestamp: BigInt(row.timestamp) };
}

export function insertOutcome(
  connection: Connection,
  { session, request }: SessionRequest,
  { answer, timestamp }: SessionOutcome,
): void {
  connection.run(
    'INSERT INTO session_requests (session, request, timestamp, answer) VALUES (?, ?, ?, ?)',
    session,
    request,
    timestamp,
    JSON.stringify(answer),
  );
}

/** Forgets what no client asks for any more. */
export function dropOldOutcomes(connection: Connection, nowMilliseconds: number): void {
  const oldest = toNanoseconds(nowMilliseconds - KEEP_DAYS * MILLISECONDS_PER_DAY);
  connection.run('DELETE FROM session_requests WHERE timestamp < ?', oldest);
}
