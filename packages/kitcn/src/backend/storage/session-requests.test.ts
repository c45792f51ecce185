import { expect, test } from 'vitest';
import { Database } from './database.ts';
import { write } from './transact.fixture.ts';
import { createTemporaryFile } from './temporary-file.ts';

const DAY_MS = 86_400_000;
const REQUEST = { session: 'a', request: 1 };

test('an outcome is kept with its commit, found again after a restart, and dropped after two weeks', () => {
  const { file, remove } = createTemporaryFile('data.sqlite');
  const openAt = (now: number): Database => Database.open({ file, now: () => now });
  const find = (database: Database) =>
    write(database, (transaction) =>
      [REQUEST, { session: 'b', request: 1 }].map((each) => transaction.findOutcome(each)),
    );
  const start = Date.now();
  const first = openAt(start);
  const answer = { value: { $integer: 'AQAAAAAAAAA=' }, logLines: ["[LOG] 'x'"] };
  const lost = first.beginGroup();
  lost.begin().keepOutcome(REQUEST, answer);
  lost.end();
  expect(find(first)).toEqual([null, null]);
  write(first, (transaction) => transaction.keepOutcome(REQUEST, answer));
  const { timestamp } = first;
  expect(find(first)).toEqual([{ answer, timestamp }, null]);
  first.close();
  const second = openAt(start + 13 * DAY_MS);
  expect(find(second)).toEqual([{ answer, timestamp }, null]);
  second.close();
  const third = openAt(start + 15 * DAY_MS);
  write(third, (transaction) => transaction.dropOldOutcomes());
  expect(find(third)).toEqual([null, null]);
  third.close();
  remove();
});
