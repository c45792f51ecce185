import { encodeInt64 } from '../values/value-kind.ts';
import type { TransactionState } from './execution.ts';
import { isWritable } from './syscalls/syscall.ts';

/** How `convex/server` writes `db.vars.commitTs`. Nothing else reads so: in a JSON string the quotes are escaped. */
const PLACEHOLDER = '{"$commitTs":null}';

const textOf = (timestamp: bigint): string => JSON.stringify(encodeInt64(timestamp));

/**
 * JSON text of a mutation's code with the timestamp in place of `db.vars.commitTs`. As writers take turns, the time of a
 * commit can be given out before it, so that documents and index entries need not be written twice.
 */
export function resolveCommitTs(json: string, state: TransactionState | null): string {
  if (state === null || !isWritable(state.transaction) || !json.includes(PLACEHOLDER)) return json;
  return json.replaceAll(PLACEHOLDER, textOf(state.transaction.reserveTimestamp()));
}

/** JSON text for a mutation's code, which sees the placeholder as long as the mutation runs. */
export function hideCommitTs(json: string, state: TransactionState | null): string {
  if (state === null || !isWritable(state.transaction)) return json;
  const { reservedTimestamp } = state.transaction;
  return reservedTimestamp === null
    ? json
    : json.replaceAll(textOf(reservedTimestamp), PLACEHOLDER);
}
