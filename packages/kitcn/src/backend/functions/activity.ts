// Not the global ones, which tests replace.
import { performance } from 'node:perf_hooks';
import { setImmediate as nextTurn } from 'node:timers/promises';

/** How often the thread says that it is not stuck, if it gets round to its timers. */
export const BEAT_MS = 50;

const BEAT = 0;
const CURRENT = 1;

/** On the board while code is loaded by a push; no call has this number. */
export const LOADING: number = Number.MIN_SAFE_INTEGER;

/**
 * What the function thread is doing, in memory that it shares with the main thread: that it is alive, and which call
 * has the thread. A thread that is stuck in a loop can still be read.
 */
export class Activity {
  readonly memory: SharedArrayBuffer;
  readonly #cells: BigInt64Array;
  /** Who has the thread when no call has it. */
  #background = 0;
  /** In milliseconds, on this thread's own clock; `null` where nobody watches. */
  #beatAt: number | null = null;

  constructor(memory: SharedArrayBuffer = new SharedArrayBuffer(16)) {
    this.memory = memory;
    this.#cells = new BigInt64Array(memory);
  }

  /** The thread is not stuck. */
  beat(): void {
    // The system's monotonic clock, the same in all threads.
    Atomics.store(this.#cells, BEAT, process.hrtime.bigint());
    this.#beatAt = performance.now();
  }

  /** Many short calls have kept the thread from its timers and messages, as if one long call had. */
  get isOverdue(): boolean {
    return this.#beatAt !== null && performance.now() - this.#beatAt > 2 * BEAT_MS;
  }

  /** Lets the thread get round to them. */
  async catchUp(): Promise<void> {
    while (this.isOverdue) await nextTurn();
  }

  enter(callId: number): void {
    Atomics.store(this.#cells, CURRENT, BigInt(callId));
  }

  leave(callId: number): void {
    const background = BigInt(this.#background);
    Atomics.compareExchange(this.#cells, CURRENT, BigInt(callId), background);
  }

  /** Code is being loaded, between calls. */
  beginLoading(): void {
    this.#background = LOADING;
    this.enter(LOADING);
  }

  endLoading(): void {
    this.#background = 0;
    this.leave(LOADING);
  }

  /** Milliseconds since the thread last got round to its timers. */
  get silentMs(): number {
    return Number((process.hrtime.bigint() - Atomics.load(this.#cells, BEAT)) / 1_000_000n);
  }

  /** The call that had the thread last; 0 for none. */
  get current(): number {
    return Number(Atomics.load(this.#cells, CURRENT));
  }
}
