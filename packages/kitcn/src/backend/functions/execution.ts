import { AsyncLocalStorage } from 'node:async_hooks';
import { performance } from 'node:perf_hooks';
import type { JSONValue } from 'convex/values';
import { BackendError } from '../backend-error.ts';
import type { Clock } from '../../shared/clock.ts';
import type { QueryStream, ReadTransaction } from '../transaction/transaction.ts';
import type { Deployment } from './deployment.ts';
import type { FunctionKind } from '../../project/analyze.ts';
import type { Client, HttpActionRequest, UserIdentity } from './function-host.ts';
import { timeoutFailure } from './function-failure.ts';
import { SeededRandom } from './seeded-random.ts';
import { USER_TIME_MS } from './user-time.ts';
import type { UserTime } from './user-time.ts';

/** What a call from outside, or a scheduled job, shares with all the functions it runs. */
export interface RequestState {
  /** Its number on the activity board. */
  readonly activityId: number;
  /** 16 hex digits. */
  readonly requestId: string;
  /** Code of the moment the call began. */
  readonly deployment: Deployment;
  readonly identity: UserIdentity | null;
  readonly identityError: HttpActionRequest['identityError'];
  /** `null` for what nobody outside asked for. */
  readonly client: Client | null;
  /** The scheduled job that it runs. */
  readonly jobId: string | null;
  readonly logLines: string[];
  readonly journal: Journal;
}

/** Where the paginated query of a call ends, so that the next run of a subscription ends there too. */
export interface Journal {
  endCursor: string | null;
}

/** A scheduled job that becomes due. */
export interface DueJob {
  id: string;
  /** Milliseconds since the epoch. */
  time: number;
}

/** What code that must be deterministic sees of the world. */
export interface FrozenWorld {
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** `performance.now()`, except in mutations. */
  readonly performanceNow: number;
  readonly random: SeededRandom;
}

/** Where frozen worlds come from. */
export interface WorldSource {
  readonly clock: Clock;
  /** 32 bytes for the randomness of the next world. Default: random ones. */
  readonly nextSeed?: (() => Uint8Array) | undefined;
}

export function freezeWorld({ clock, nextSeed }: WorldSource): FrozenWorld {
  return {
    now: clock.now(),
    performanceNow: performance.now(),
    random: new SeededRandom(nextSeed?.()),
  };
}

/** What the result of a function may depend on besides its arguments and the database. */
export interface Observed {
  identity: boolean;
  clock: boolean;
}

/** What all functions in one transaction share. */
export interface TransactionState {
  readonly transaction: ReadTransaction;
  readonly world: FrozenWorld;
  readonly observed: Observed;
  readonly userTime: UserTime;
  /** Jobs that it scheduled, also in parts that were rolled back. */
  readonly dueJobs: DueJob[];
}

export interface ExecutionOptions {
  kind: FunctionKind;
  /** `folder/module:export` */
  path: string;
  request: RequestState;
  /** `null` in actions. */
  state: TransactionState | null;
  parent: Execution | null;
}

/** Modules that are being loaded: the world stands still, and there is no database. */
export interface Loading {
  kind: 'loading';
  path: string;
  world: FrozenWorld;
}

/** One function that runs, be it called from outside or by another function. */
export class Execution {
  readonly kind: ExecutionOptions['kind'];
  readonly path: string;
  readonly request: RequestState;
  readonly state: TransactionState | null;
  /** 1 for a call from outside. */
  readonly depth: number;
  /** Convex allows one paginated query in each function. */
  hasPaginated = false;
  readonly #parent: Execution | null;
  readonly #streams = new Map<number, QueryStream>();
  #lastStream = 0;
  #busy: Promise<void> | null = null;
  #hasEnded = false;

  constructor(options: ExecutionOptions) {
    this.kind = options.kind;
    this.path = options.path;
    this.request = options.request;
    this.state = options.state;
    this.#parent = options.parent;
    this.depth = (options.parent?.depth ?? 0) + 1;
  }

  /** `null` in actions, which see the real one. */
  get world(): FrozenWorld | null {
    return this.state?.world ?? null;
  }

  get isRunning(): boolean {
    return !this.#hasEnded && (this.#parent?.isRunning ?? true);
  }

  /** Throws once this function or one that called it is over: what it left running must not touch anything. */
  assertRunning(): void {
    if (this.isRunning) return;
    throw new BackendError(
      400,
      'FunctionEnded',
      `${this.path} has ended. Await all promises before a function returns.`,
    );
  }

  /** Throws once the code of its transaction has taken too long, even if it caught that before. */
  assertInTime(): void {
    if (this.state?.userTime.isExceeded !== true) return;
    // The next time it may be quicker.
    this.state.observed.clock = true;
    throw timeoutFailure(USER_TIME_MS);
  }

  /**
   * Does `work` at once, or after the function that this one is calling: in one transaction, a caller's own writes must
   * not fall into the sub-transaction of a callee.
   */
  inOrder<T extends JSONValue>(work: () => T | Promise<T>): T | Promise<T> {
    if (this.state === null) return work();
    if (this.#busy !== null) return this.#hold(this.#busy.then(work));
    const result = work();
    return result instanceof Promise ? this.#hold(result) : result;
  }

  #hold<T>(result: Promise<T>): Promise<T> {
    const busy: Promise<void> = result
      .then(
        () => {},
        () => {},
      )
      .then(() => {
        if (this.#busy === busy) this.#busy = null;
      });
    this.#busy = busy;
    return result;
  }

  /** Resolves when nothing that this function called is running any more. */
  async settle(): Promise<void> {
    while (this.#busy !== null) await this.#busy;
  }

  end(): void {
    this.#hasEnded = true;
    for (const stream of this.#streams.values()) stream.close();
    this.#streams.clear();
  }

  addStream(stream: QueryStream): number {
    this.#lastStream += 1;
    this.#streams.set(this.#lastStream, stream);
    return this.#lastStream;
  }

  stream(id: number): QueryStream | undefined {
    return this.#streams.get(id);
  }

  closeStream(id: number): boolean {
    this.#streams.get(id)?.close();
    return this.#streams.delete(id);
  }
}

/** The function whose code is running; user code of many functions interleaves on one thread. */
export const currentExecution: AsyncLocalStorage<Execution | Loading> = new AsyncLocalStorage();
