import { BackendError } from '../backend-error.ts';
import type {
  LiveQueryChange,
  LiveQueryEvents,
  LiveQuerySet,
  LiveSnapshot,
} from './function-host.ts';

/** How the main thread reaches the sets in the function thread. */
export interface LiveQueryRequests {
  advance(setId: number, change: LiveQueryChange): Promise<LiveSnapshot>;
  closeSet(setId: number): Promise<null>;
}

/** The main thread's side of the sets of live queries that the function thread keeps. */
export class LiveQuerySets {
  readonly #requests: LiveQueryRequests;
  readonly #open = new Map<number, LiveQueryEvents>();
  #lastId = 0;

  constructor(requests: LiveQueryRequests) {
    this.#requests = requests;
  }

  open(events: LiveQueryEvents): LiveQuerySet {
    this.#lastId += 1;
    const setId = this.#lastId;
    this.#open.set(setId, events);
    return {
      advance: (change) =>
        this.#open.has(setId) ? this.#requests.advance(setId, change) : Promise.reject(setIsLost()),
      close: () => {
        // With a host that is closed, the set is gone already.
        if (this.#open.delete(setId)) this.#requests.closeSet(setId).catch(() => {});
      },
    };
  }

  onStale(setId: number): void {
    this.#open.get(setId)?.onStale();
  }

  /** The function thread is gone, and all sets with it. */
  loseAll(): void {
    const lost = [...this.#open.values()];
    this.#open.clear();
    for (const events of lost) events.onLost();
  }
}

function setIsLost(): BackendError {
  return new BackendError(503, 'BackendUnavailable', 'The live queries were lost.');
}
