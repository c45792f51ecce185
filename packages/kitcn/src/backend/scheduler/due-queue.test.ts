import { expect, test } from 'vitest';
import { DueQueue } from './due-queue.ts';

test('jobs come out by time, those of one time in their order, and none too early', () => {
  const queue = new DueQueue();
  expect(queue.nextTime).toBeNull();
  for (const [id, time] of [
    ['c', 3],
    ['a', 1],
    ['b', 2],
    ['a2', 1],
    ['c2', 3],
  ] as const) {
    queue.add({ id, time });
  }
  expect(queue.nextTime).toBe(1);
  const taken: string[] = [];
  for (let job = queue.take(2); job !== undefined; job = queue.take(2)) taken.push(job.id);
  expect(taken).toEqual(['a', 'a2', 'b']);
  expect(queue.nextTime).toBe(3);
});
