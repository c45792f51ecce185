import { setImmediate } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { LimitedQueue } from './limited-queue.ts';

test('runs so many at once, in order, and goes on after a failure', async () => {
  const queue = new LimitedQueue(2);
  const started: number[] = [];
  let running = 0;
  let most = 0;
  const work = (id: number) => async (): Promise<number> => {
    started.push(id);
    running += 1;
    most = Math.max(most, running);
    await setImmediate();
    running -= 1;
    if (id === 1) throw new TypeError('one');
    return id;
  };
  const results = await Promise.allSettled([0, 1, 2, 3, 4].map((id) => queue.run(work(id))));
  expect(results.map(({ status }) => status).join(' ')).toBe(
    'fulfilled rejected fulfilled fulfilled fulfilled',
  );
  expect(started).toEqual([0, 1, 2, 3, 4]);
  expect(most).toBe(2);
  expect(await queue.run(work(5))).toBe(5);
});
