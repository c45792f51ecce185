import { statSync } from 'node:fs';
import { Connection } from './connection.ts';

/**
 * Looks for damage in a file that its last process did not close, which its log beside it tells: about a millisecond a
 * megabyte. Code `DatabaseDamaged`; the files stay as they are.
 */
export function checkAfterCrash(file: string): void {
  const log = statSync(`${file}-wal`, { throwIfNoEntry: false });
  if (log === undefined || log.size === 0) return;
  const connection = new Connection(file, { isReadOnly: true });
  try {
    const row = connection.first<{ quick_check: string }>('PRAGMA quick_check(1)');
    if (row !== undefined && row.quick_check !== 'ok') throw connection.damaged(row.quick_check);
  } finally {
    connection.close();
  }
}
