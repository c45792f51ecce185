// Not the global ones, which tests replace.
import { clearTimeout, setTimeout } from 'node:timers';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Clock } from '../../shared/clock.ts';
import type { WriteGroup } from '../transaction/write-group.ts';

/** A write that waits for its turn. */
export interface QueuedWrite {
  /** Does all but tell of it. Throws only if the whole group is lost. */
  run(group: WriteGroup): Promise<void>;
  /** The group is on disk. Never throws. */
  onCommitted(): void;
  onLost(error: unknown): void;
}

export interface WriteQueueOptions {
  openGroup(): WriteGroup;
  /** Whether writes that wait share a commit. */
  isGrouping: boolean;
  clock: Clock;
}

type Exclusive = () => Promise<void>;

const MOST_IN_GROUP = 128;
/** After which no more writes join: those that are done wait for those that follow. */
const GROUP_MS = 20;

/**
 * Runs writes one after the other. Those that came while others ran share one commit, which is one wait for the disk.
 * Who has had the answer to one write often sends the next: a group that is smaller than the last one waits for more,
 * but no longer than the last wait for the disk was.
 */
export class WriteQueue {
  readonly #options: WriteQueueOptions;
  readonly #waiting: (QueuedWrite | Exclusive)[] = [];
  #isRunning = false;
  /** Of the last group. */
  #size = 0;
  #commitMs = 0;
  #onArrival = (): void => {};

  constructor(options: WriteQueueOptions) {
    this.#options = options;
  }

  add(write: QueuedWrite): void {
    this.#add(write);
  }

  /** Does `work` in its turn, while no group is open. */
  exclusive<T>(work: () => T | Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      this.#add(async () => {
        try {
          resolve(await work());
        } catch (error) {
          reject(error);
        }
      });
    });
  }

  #add(next: QueuedWrite | Exclusive): void {
    this.#waiting.push(next);
    this.#onArrival();
    void this.#run();
  }

  async #run(): Promise<void> {
    if (this.#isRunning) return;
    this.#isRunning = true;
    for (let next = this.#waiting.shift(); next !== undefined; next = this.#waiting.shift()) {
      if (typeof next === 'function') await next();
      else await this.#runGroup(next);
    }
    this.#isRunning = false;
  }

  async #runGroup(first: QueuedWrite): Promise<void> {
    const members: QueuedWrite[] = [];
    const start = this.#options.clock.now();
    const patience = performance.now() + Math.min(this.#commitMs, GROUP_MS);
    let group: WriteGroup | undefined;
    try {
      group = this.#options.openGroup();
      for (let next: QueuedWrite | null = first; next !== null;) {
        members.push(next);
        await next.run(group);
        const isFull =
          members.length >= MOST_IN_GROUP || this.#options.clock.now() - start > GROUP_MS;
        next = isFull ? null : await this.#takeNext(members.length, patience);
      }
      this.#commit(group, members.length);
    } catch (error) {
      group?.end();
      for (const member of members.length === 0 ? [first] : members) member.onLost(error);
      return;
    }
    for (const member of members) member.onCommitted();
  }

  #commit(group: WriteGroup, size: number): void {
    const start = performance.now();
    group.commit();
    this.#commitMs = performance.now() - start;
    this.#size = size;
  }

  /** The next one that can join. What has arrived by now is handed to this thread by its next turn. */
  async #takeNext(size: number, patience: number): Promise<QueuedWrite | null> {
    if (!this.#options.isGrouping) return null;
    if (this.#waiting.length === 0) await nextTurn();
    const waitMs = patience - performance.now();
    // No timer is shorter than a millisecond.
    if (this.#waiting.length === 0 && size < this.#size && waitMs >= 1) await this.#arrival(waitMs);
    const [next] = this.#waiting;
    if (next === undefined || typeof next === 'function') return null;
    this.#waiting.shift();
    return next;
  }

  #arrival(mostMs: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, mostMs);
      this.#onArrival = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
