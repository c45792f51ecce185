import { createHash } from 'node:crypto';
import { createAdminKey } from '../backend/auth/admin-key.ts';
import { createTemporaryFile } from '../backend/storage/temporary-file.ts';
import type { TemporaryFile } from '../backend/storage/temporary-file.ts';
import { TestClock } from './test-clock.ts';
import { TestError } from './test-error.ts';
import { TestHost } from './test-host.ts';
import type { LoadedModules } from './test-modules.ts';
import { TestSnapshot } from './test-snapshot.ts';

export interface ResettableHostOptions {
  loaded: LoadedModules;
  /** Milliseconds since the epoch. */
  now: number;
  seed: string | number | undefined;
  log: (line: string) => void;
}

/** What a reset replaces. */
interface State {
  readonly test: TestHost;
  readonly clock: TestClock;
  readonly data: TemporaryFile;
}

/** A test host whose data and time can be put back. */
export class ResettableHost implements AsyncDisposable {
  readonly #adminKey: string = createAdminKey();
  readonly #options: ResettableHostOptions;
  readonly #nextSeed: (() => Uint8Array) | undefined;
  #state: State | null = null;

  private constructor(options: ResettableHostOptions) {
    this.#options = options;
    this.#nextSeed = options.seed === undefined ? undefined : seedsFrom(options.seed);
  }

  static async start(options: ResettableHostOptions): Promise<ResettableHost> {
    const host = new ResettableHost(options);
    await host.reset();
    return host;
  }

  get test(): TestHost {
    return this.#current().test;
  }

  get clock(): TestClock {
    return this.#current().clock;
  }

  async snapshot(): Promise<TestSnapshot> {
    const { test, clock } = this.#current();
    const snapshot = new TestSnapshot(clock.now());
    await test.host.copyTo(snapshot.file);
    return snapshot;
  }

  /** Goes back to a snapshot, by default to the beginning. */
  async reset(snapshot?: TestSnapshot): Promise<void> {
    await this[Symbol.asyncDispose]();
    const clock = new TestClock(snapshot?.now ?? this.#options.now);
    const data = snapshot?.copy() ?? createTemporaryFile('data.sqlite');
    const { loaded, log } = this.#options;
    try {
      const host = {
        adminKey: this.#adminKey,
        databaseFile: data.file,
        clock,
        nextSeed: this.#nextSeed,
        isDeterministic: true,
        hasCrons: true,
        log,
      };
      this.#state = { test: await TestHost.start(host, loaded), clock, data };
    } catch (error) {
      data.remove();
      throw error;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const state = this.#state;
    this.#state = null;
    await state?.test[Symbol.asyncDispose]();
    state?.data.remove();
  }

  #current(): State {
    if (this.#state !== null) return this.#state;
    throw new TestError('CLOSED', 'The test backend is closed, or is being reset.');
  }
}

/** Always the same ones for a seed, each another one. */
function seedsFrom(seed: string | number): () => Uint8Array {
  let count = 0;
  return () => {
    count += 1;
    return createHash('sha256').update(`${seed}:${count}`).digest();
  };
}
