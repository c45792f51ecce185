import { onTestFinished } from 'vitest';
import type { JSONValue } from 'convex/values';
import { Activity } from '../functions/activity.ts';
import { EMPTY_DEPLOYMENT } from '../functions/deployment.ts';
import type { RequestState } from '../functions/execution.ts';
import { FunctionHandles } from '../functions/function-handles.ts';
import { FunctionRunner } from '../functions/function-runner.ts';
import type { Invocation } from '../functions/function-runner.ts';
import type { RegisteredFunction } from '../functions/registered-function.ts';
import { Transactions } from '../functions/transactions.ts';
import type { ManualClock } from '../manual-clock.fixture.ts';
import { createTemporaryFile } from '../storage/temporary-file.ts';
import { Database } from '../storage/database.ts';

/** Stands for a user function, an action if its name ends so, else a mutation. */
export type Work = (args: unknown) => Promise<unknown> | unknown;

export type Works = Readonly<Record<string, Work>>;

/** What crons and jobs run with. */
export interface BackgroundWork {
  readonly database: Database;
  readonly transactions: Transactions;
  readonly runner: FunctionRunner;
  prepare(call: { path: string; args: JSONValue }): Invocation;
}

export const REQUEST: RequestState = {
  activityId: -1,
  requestId: '0'.repeat(16),
  deployment: EMPTY_DEPLOYMENT,
  identity: null,
  identityError: null,
  client: null,
  jobId: null,
  logLines: [],
  journal: { endCursor: null },
};

/** For tests: a real database, functions that are closures, and time that stands still. */
export function openBackgroundWork(file: string, clock: ManualClock, works: Works): BackgroundWork {
  const database = Database.open({ file, durability: 'relaxed', now: () => clock.now() });
  const transactions = new Transactions(database, { onScheduled() {}, onCommit() {} }, { clock });
  const activity = new Activity();
  const limits = { transactionTimeoutMs: 60_000, actionTimeoutMs: 60_000 };
  const handles = new FunctionHandles(database.readSecret('function-handles'));
  const runner = new FunctionRunner({ clock, handles, transactions, activity, ...limits });
  return {
    database,
    transactions,
    runner,
    prepare: ({ path, args }) => ({
      target: functionOf(path, works),
      args,
      request: REQUEST,
      parent: null,
    }),
  };
}

function functionOf(path: string, works: Works): RegisteredFunction {
  const kind = path.endsWith('Action') ? 'action' : 'mutation';
  return {
    path,
    kind,
    visibility: 'internal',
    args: { type: 'any' },
    returns: null,
    async invoke(argsJson) {
      await works[path]?.(JSON.parse(argsJson)[0]);
      return 'null';
    },
  };
}

/** For tests: the path of a file that is not there yet, and gone when the test is over. */
export function temporaryDatabase(): string {
  const temporary = createTemporaryFile('data.sqlite');
  onTestFinished(() => temporary.remove());
  return temporary.file;
}
