import {
  copyFileSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, onTestFinished, test } from 'vitest';
import { Database } from './database.ts';
import { write } from './transact.fixture.ts';

const ROWS = 2_000;

/** A database with many documents, as a process leaves it that closed it, or that was killed. */
function leaveDatabase(how: 'closed' | 'killed'): string {
  const folder = mkdtempSync(join(tmpdir(), 'kitcn-damaged-file-test-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const original = join(folder, 'original.sqlite');
  // Most of it is in the file; the log has what came after the last start.
  const before = Database.open({ file: original, durability: 'relaxed' });
  for (let batch = 0; batch < 3; batch++) insertRows(before);
  before.close();
  const database = Database.open({ file: original, durability: 'relaxed' });
  insertRows(database);
  const file = join(folder, 'data.sqlite');
  if (how === 'killed') {
    copyFileSync(original, file);
    copyFileSync(`${original}-wal`, `${file}-wal`);
  }
  database.close();
  if (how === 'closed') copyFileSync(original, file);
  return file;
}

/** A quarter of the rows. */
function insertRows(database: Database): void {
  write(database, (transaction) => {
    for (let row = 0; row < ROWS / 4; row++) {
      transaction.insert('rows', { text: 'x'.repeat(2_000), row });
    }
  });
}

/** Overwrites what is behind the tables that a start reads. */
function damagePages(file: string): void {
  const bytes = readFileSync(file);
  bytes.fill(0xa5, 1_000_000, bytes.length - 1_000_000);
  writeFileSync(file, bytes);
}

function countRows(file: string, isFirst: boolean): number {
  const database = Database.open({ file, isFirst });
  try {
    const transaction = database.beginRead();
    const stream = transaction.query(
      { source: { type: 'FullTableScan', tableName: 'rows', order: 'asc' }, operators: [] },
      'user',
    );
    let count = 0;
    while (stream.next() !== null) count += 1;
    return count;
  } finally {
    database.close();
  }
}

const refusal = (file: string, problem = '') =>
  expect.objectContaining({
    code: 'DatabaseDamaged',
    message: expect.stringMatching(new RegExp(`${file} is damaged.*backup.*${problem}`, 's')),
  });

test('after a crash damage is named before anything else is done, and the files stay as they are', () => {
  const file = leaveDatabase('killed');
  damagePages(file);
  const before = [readFileSync(file), readFileSync(`${file}-wal`)];
  expect(() => Database.open({ file, isFirst: true })).toThrow(refusal(file));
  expect([readFileSync(file), readFileSync(`${file}-wal`)]).toEqual(before);
});

test('after a crash without damage everything is there, and the log is gone with the next end', () => {
  const file = leaveDatabase('killed');
  expect(countRows(file, true)).toBe(ROWS);
  expect(existsSync(`${file}-wal`)).toBe(false);
});

test('a file that was closed is not read through at the start; damage is named by what reads it', () => {
  const file = leaveDatabase('closed');
  damagePages(file);
  Database.open({ file, isFirst: true }).close();
  expect(() => countRows(file, true)).toThrow(refusal(file));
});

test.each([
  ['a document that is no JSON', "UPDATE documents SET json = '{' WHERE row = 1500", 'no JSON'],
  ['a document that is missing', 'DELETE FROM documents WHERE row = 1500', 'is missing'],
])('damage that SQLite does not see is named by what reads it: %s', (_name, sql, problem) => {
  const file = leaveDatabase('closed');
  const foreign = new DatabaseSync(file);
  foreign.exec(sql);
  foreign.close();
  expect(() => countRows(file, true)).toThrow(refusal(file, problem));
});
