import type { JSONValue } from 'convex/values';
import type {
  DocumentJson,
  ReadTransaction,
  WriteTransaction,
} from '../transaction/transaction.ts';

export type JobState =
  { kind: 'pending' | 'inProgress' | 'success' | 'canceled' } | { kind: 'failed'; error: string };

/** A row of `_scheduled_functions`. */
export interface Job {
  /** `folder/module:export` */
  path: string;
  /** One Convex-encoded JSON object. */
  args: JSONValue;
  /** Milliseconds since the epoch. */
  scheduledTime: number;
  state: JobState;
}

export const JOBS_TABLE = '_scheduled_functions';

/** What Convex says of an action of which nobody knows how far it came. */
export const TRANSIENT_ERROR = 'Transient error while executing action';

/** Where a job is written, and when. */
export interface JobWriter {
  readonly transaction: WriteTransaction;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** Answers the id. */
export function createJob({ transaction, now }: JobWriter, job: Job): string {
  const { path, args, scheduledTime, state } = job;
  // Convex shows the name with the module's extension.
  const name = path.replace(':', '.js:');
  const completed = state.kind === 'pending' ? {} : { completedTime: now };
  const row = { name, args: [args], scheduledTime, state, ...completed };
  return transaction.insert(JOBS_TABLE, row, 'system');
}

/** `null` if there is no such job. */
export function readJob(transaction: ReadTransaction, id: string): Job | null {
  const row = transaction.get(id, 'system', JOBS_TABLE);
  return row === null ? null : toJob(row);
}

export function setJobState({ transaction, now }: JobWriter, id: string, state: JobState): void {
  const isOver = state.kind !== 'pending' && state.kind !== 'inProgress';
  const completed = isOver ? { completedTime: now } : {};
  transaction.patch(id, { state, ...completed }, JOBS_TABLE, 'system');
}

/** Does nothing to a job that is over. */
export function cancelJob(writer: JobWriter, id: string): void {
  const kind = readJob(writer.transaction, id)?.state.kind;
  if (kind === 'pending' || kind === 'inProgress') {
    setJobState(writer, id, { kind: 'canceled' });
  }
}

/** A job as the table has it. */
export interface StoredJob extends Job {
  id: string;
  /** Milliseconds since the epoch; `null` until it is over. */
  completedTime: number | null;
}

/** The jobs in a state, in the order of the times for which they were scheduled. */
export function* jobsInState(
  transaction: ReadTransaction,
  kind: JobState['kind'],
): Generator<StoredJob> {
  const source = {
    type: 'IndexRange',
    indexName: `${JOBS_TABLE}.by_state`,
    range: [{ type: 'Eq', fieldPath: 'state.kind', value: kind }],
    order: 'asc',
  } as const;
  const stream = transaction.query({ source, operators: [] }, 'system');
  try {
    for (let row = stream.next(); row !== null; row = stream.next()) {
      const { completedTime } = row;
      const completed = typeof completedTime === 'number' ? completedTime : null;
      yield { id: row._id, completedTime: completed, ...toJob(row) };
    }
  } finally {
    stream.close();
  }
}

function toJob(row: DocumentJson): Job {
  // Only `createJob` and `setJobState` write these rows.
  const { name, args, scheduledTime, state } = row as unknown as Omit<Job, 'path' | 'args'> & {
    name: string;
    args: [JSONValue];
  };
  return { path: name.replace('.js:', ':'), args: args[0], scheduledTime, state };
}
