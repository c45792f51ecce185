import { expect, test } from 'vitest';
import { Database } from './database.ts';
import { createTemporaryFile } from './temporary-file.ts';

const DAY_MS = 86_400_000;
const REQUEST = { session: 'a', request: 1 };

test('an outcome is kept with its commit, found again after a restart, and dropped after two weeks', () => {
  const { file, remove } = createTemporaryFile('data.sqlite');
  const openAt = (now: number): Database => Database.open({ file, now: () => now });
  const find = (database: Database) => {
    const transaction = database.beginWrite();
    const found = [REQUEST, { session: 'b', request: 1 }].map((each) =>
      transaction.findOutcome(each),
    );
    transaction.end();
    return found;
  };
  const start = Date.now();
  const first = openAt(start);
  const answer = { value: { $integer: 'AQAAAAAAAAA=' }, logLines: ["[LOG] 'x'"] };
  const lost = first.beginWrite();
  lost.keepOutcome(REQUEST, answer);
  lost.end();
  expect(find(first)).toEqual([null, null]);
  const kept = first.beginWrite();
  kept.keepOutcome(REQUEST, answer);
  const timestamp = kept.commit();
  expect(find(first)).toEqual([{ answer, timestamp }, null]);
  first.close();
  const second = openAt(start + 13 * DAY_MS);
  expect(find(second)).toEqual([{ answer, timestamp }, null]);
  second.close();
  const third = openAt(start + 15 * DAY_MS);
  const tidying = third.beginWrite();
  tidying.dropOldOutcomes();
  tidying.commit();
  expect(find(third)).toEqual([null, null]);
  third.close();
  remove();
});
