import type { Schema } from '../schema/schema.ts';
import type { Snapshot, WriteTransaction } from '../transaction/transaction.ts';
import type { Database } from './database.ts';

/** Commits what `body` wrote, or nothing if it throws. */
export function write<T>(database: Database, body: (transaction: WriteTransaction) => T): T {
  const group = database.beginGroup();
  try {
    const transaction = group.begin();
    const result = body(transaction);
    transaction.commit();
    group.commit();
    return result;
  } finally {
    group.end();
  }
}

export function read<T>(database: Database, body: (transaction: Snapshot) => T): T {
  const transaction = database.beginRead();
  try {
    return body(transaction);
  } finally {
    transaction.end();
  }
}

export function applySchema(database: Database, schema: Schema | null): void {
  for (const _ of database.migrate(schema));
}
