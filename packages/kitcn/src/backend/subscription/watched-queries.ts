import type {
  LiveQuery,
  LiveQueryChange,
  LiveResult,
  LiveSnapshot,
} from '../functions/function-host.ts';
import type { Snapshot } from '../transaction/transaction.ts';
import type { QueryRequest } from './query-request.ts';
import type { QueryResult, Watcher } from './query-result.ts';
import type { QueryResults } from './query-results.ts';
import type { SharedSnapshots } from './shared-snapshots.ts';

/** What the watched queries of all sets share. */
export interface WatchServices {
  readonly results: QueryResults;
  readonly snapshots: SharedSnapshots;
  /** The result in a snapshot, from wherever it comes. */
  resultAt(snapshot: Snapshot, request: QueryRequest): Promise<QueryResult>;
}

/** One query of a set. */
interface Watched extends Watcher {
  readonly query: LiveQuery;
  /** `null` before the first one and while it is known to be wrong. */
  result: QueryResult | null;
  /** Of the last result that the watcher has. */
  journal: string | null;
  hash: string | null;
}

type Sender = Pick<LiveQueryChange, 'identity' | 'isAdmin'>;

/** The queries of one watcher: which of them are wrong, and how to bring them all to one timestamp. */
export class WatchedQueries {
  readonly #services: WatchServices;
  readonly #onStale: () => void;
  readonly #queries = new Map<number, Watched>();
  #stale = new Set<Watched>();
  #sender: Sender = { identity: null, isAdmin: false };
  #isOpen = true;
  #hasToldStale = false;

  /** `onStale` is called once before each `advance`. */
  constructor(services: WatchServices, onStale: () => void) {
    this.#services = services;
    this.#onStale = onStale;
  }

  async advance({ add, remove, identity, isAdmin }: LiveQueryChange): Promise<LiveSnapshot> {
    for (const id of remove) this.#remove(id);
    this.#setSender({ identity, isAdmin });
    for (const query of add) this.#add(query);
    const stale = [...this.#stale];
    this.#stale = new Set();
    this.#hasToldStale = false;
    const lease = this.#services.snapshots.acquire();
    try {
      const { snapshot } = lease;
      const renewals = stale.map((watched) => this.#renew(watched, snapshot));
      // Also if one fails the others need the snapshot until they are done.
      await Promise.allSettled(renewals);
      const changes = await Promise.all(renewals);
      return { timestamp: snapshot.timestamp, changed: changes.filter((each) => each !== null) };
    } finally {
      lease.release();
    }
  }

  close(): void {
    this.#isOpen = false;
    for (const id of this.#queries.keys()) this.#remove(id);
  }

  #add(query: LiveQuery): void {
    const watched: Watched = {
      query,
      result: null,
      journal: query.journal,
      hash: null,
      onInvalid: () => this.#onInvalid(watched),
    };
    this.#queries.set(query.id, watched);
    this.#stale.add(watched);
  }

  #remove(id: number): void {
    const watched = this.#queries.get(id);
    if (watched === undefined) return;
    this.#queries.delete(id);
    this.#stale.delete(watched);
    if (watched.result !== null) this.#services.results.unwatch(watched.result, watched);
  }

  #setSender(sender: Sender): void {
    const last = this.#sender;
    this.#sender = sender;
    if (JSON.stringify(last) === JSON.stringify(sender)) return;
    for (const watched of this.#queries.values()) {
      const { result } = watched;
      // It saw nothing of who asks, so the new one would see the same.
      if (result !== null && !result.sawIdentity && last.isAdmin === sender.isAdmin) continue;
      if (result !== null) this.#services.results.unwatch(result, watched);
      watched.result = null;
      this.#stale.add(watched);
    }
  }

  async #renew(watched: Watched, snapshot: Snapshot): Promise<LiveResult | null> {
    const { id, path, args } = watched.query;
    const { journal } = watched;
    const request = { path, args, journal, ...this.#sender };
    const result = await this.#services.resultAt(snapshot, request);
    if (!this.#isOpen) return null;
    watched.result = result;
    watched.journal = result.journal;
    this.#services.results.watch(result, watched);
    if (watched.hash === result.hash) return null;
    watched.hash = result.hash;
    return { id, members: result.members };
  }

  #onInvalid(watched: Watched): void {
    watched.result = null;
    if (!this.#isOpen) return;
    this.#stale.add(watched);
    if (this.#hasToldStale) return;
    this.#hasToldStale = true;
    this.#onStale();
  }
}
