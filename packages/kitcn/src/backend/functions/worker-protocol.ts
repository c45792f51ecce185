import type { FunctionsBundle } from '../../project/bundle.ts';
import type { Durability } from '../storage/database.ts';
import type { EnvironmentChange } from './environment-change.ts';
import type {
  FunctionCall,
  FunctionResult,
  LiveQueryChange,
  LiveSnapshot,
  PushResult,
} from './function-host.ts';
import type { SentRequest, SentResponse } from './http-action.ts';

/** What the main thread asks of the function thread. */
export type WorkerRequest =
  | { type: 'push'; bundle: FunctionsBundle }
  | { type: 'setEnv'; env: Readonly<Record<string, string>> }
  | { type: 'changeVariables'; changes: readonly EnvironmentChange[] }
  | { type: 'run'; call: FunctionCall }
  | { type: 'batch'; calls: readonly FunctionCall[]; timestamp?: bigint }
  | { type: 'timestamp' }
  | { type: 'http'; request: SentRequest }
  | { type: 'advance'; setId: number; change: LiveQueryChange }
  | { type: 'closeSet'; setId: number }
  | { type: 'close' };

export interface WorkerResults {
  push: PushResult;
  setEnv: PushResult;
  changeVariables: PushResult;
  run: FunctionResult;
  batch: FunctionResult[];
  timestamp: bigint;
  http: SentResponse | null;
  advance: LiveSnapshot;
  closeSet: null;
  close: null;
}

export type WorkerResult = WorkerResults[keyof WorkerResults];

/** A `BackendError` on its way between threads. */
export interface ErrorData {
  status: number;
  code: string;
  message: string;
}

/** To the function thread; `id` is a positive number that the main thread counts up. */
export interface ToWorker {
  id: number;
  request: WorkerRequest;
}

/** From the function thread. */
export type FromWorker =
  | { type: 'ready' }
  /** Instead of `ready`. */
  | { type: 'startFailure'; error: ErrorData }
  | { type: 'reply'; id: number; result: WorkerResult }
  | { type: 'refusal'; id: number; error: ErrorData }
  /** The call is an action, and it has begun. */
  | { type: 'actionStart'; id: number }
  /** A task that nobody outside asked for begins; its number is negative. */
  | { type: 'taskStart'; id: number; task: BackgroundTask }
  /** Some result of a set of live queries is no longer the present one. */
  | { type: 'stale'; setId: number }
  | { type: 'log'; line: string };

/** A scheduled job by its id, or a cron by its name. */
export interface BackgroundTask {
  kind: 'job' | 'cron';
  id: string;
}

/** One that took its thread down. */
export interface LostTask extends BackgroundTask {
  error: string;
}

/** What a function thread is started with. */
export interface WorkerSetup {
  databaseFile: string;
  durability: Durability;
  /** No thread of this process had the file before. */
  isFirst: boolean;
  env: Readonly<Record<string, string>>;
  transactionTimeoutMs: number;
  actionTimeoutMs: number;
  /** For the modules of one push. */
  loadTimeoutMs: number;
  /** Memory of the activity board. */
  activity: SharedArrayBuffer;
  /** What took the last thread down. */
  lostTasks: readonly LostTask[];
  /** The same of watched queries: messages by their number on the activity board. */
  lostQueries: ReadonlyMap<number, string>;
}
