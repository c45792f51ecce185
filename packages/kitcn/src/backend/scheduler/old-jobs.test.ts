import { expect, onTestFinished, test } from 'vitest';
import { Database } from '../storage/database.ts';
import { createJob, jobsInState, setJobState } from './job.ts';
import type { JobState } from './job.ts';
import { removeOldJobs } from './old-jobs.ts';

const DAY = 24 * 60 * 60 * 1000;
const NOW = Date.parse('2024-02-27T00:00:00Z');
const KINDS = ['pending', 'inProgress', 'success', 'failed', 'canceled'] as const;

test('a job that has been over for more than a week is forgotten, and no other one', () => {
  const database = Database.open({ file: ':memory:' });
  onTestFinished(() => database.close());
  const transaction = database.beginGroup().begin();
  const add = (path: string, state: JobState, [scheduled, over]: [number, number]): void => {
    const job = { path, args: {}, scheduledTime: NOW - scheduled * DAY, state } as const;
    const id = createJob({ transaction, now: NOW - over * DAY }, job);
    setJobState({ transaction, now: NOW - over * DAY }, id, state);
  };
  add('a:old', { kind: 'success' }, [9, 8]);
  add('a:old', { kind: 'failed', error: 'no' }, [8, 8]);
  add('a:old', { kind: 'canceled' }, [-100, 8]);
  add('a:long', { kind: 'success' }, [9, 6]);
  add('a:new', { kind: 'success' }, [6, 6]);
  add('a:new', { kind: 'canceled' }, [-100, 6]);
  add('a:waits', { kind: 'pending' }, [30, 30]);
  add('a:runs', { kind: 'inProgress' }, [30, 30]);
  expect(removeOldJobs(transaction, NOW)).toBe(false);
  const left = KINDS.flatMap((kind) => [...jobsInState(transaction, kind)].map(({ path }) => path));
  expect(left.sort()).toEqual(['a:long', 'a:new', 'a:new', 'a:runs', 'a:waits']);
});
