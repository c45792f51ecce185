import { expect, test } from 'vitest';
import { createProgressLog } from './progress-log.ts';

test('says how far it is once in a second', () => {
  const lines: string[] = [];
  let now = 0;
  const onProgress = createProgressLog(
    (line) => lines.push(line),
    () => now,
  );
  const at = (time: number, done: number, indexes: string[] | null): void => {
    now = time;
    onProgress({ table: 'users', indexes, done, total: 900 });
  };
  at(10, 100, null);
  at(1_000, 200, null);
  at(1_900, 300, null);
  at(2_500, 400, ['by_name', 'by_age']);
  expect(lines).toEqual([
    '[INFO] Checking table "users" against the schema: 200 of 900 documents.',
    '[INFO] Adding by_name, by_age to table "users": 400 of 900 documents.',
  ]);
});
