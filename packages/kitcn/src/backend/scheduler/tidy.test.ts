import { expect, onTestFinished, test, vi } from 'vitest';
import { Transactions } from '../functions/transactions.ts';
import { ManualClock } from '../manual-clock.fixture.ts';
import { Database } from '../storage/database.ts';
import { Scheduler } from './scheduler.ts';

const DAY_MS = 86_400_000;
const REQUEST = { session: 'a', request: 1 };

test('a deployment that runs for weeks forgets old answers to mutations as it goes', async () => {
  const start = Date.parse('2024-02-27T00:00:00Z');
  const clock = new ManualClock(start);
  const database = Database.open({ file: ':memory:', now: () => clock.now() });
  const transactions = new Transactions(database, { onScheduled() {}, onCommit() {} }, { clock });
  const scheduler = new Scheduler({
    transactions,
    clock,
    runJob: async () => {},
    log: () => {},
    isTidy: true,
  });
  onTestFinished(() => {
    scheduler.stop();
    database.close();
  });
  const isKept = (): Promise<boolean> =>
    transactions.write(({ transaction }) => transaction.findOutcome(REQUEST) !== null);
  await transactions.write(({ transaction }) =>
    transaction.keepOutcome(REQUEST, { value: null, logLines: [] }),
  );
  scheduler.start();
  for (const day of [1, 13]) {
    clock.moveTo(start + day * DAY_MS);
    expect(await isKept()).toBe(true);
  }
  clock.moveTo(start + 15 * DAY_MS);
  await vi.waitFor(async () => expect(await isKept()).toBe(false));
});
