import type {
  FunctionCall,
  FunctionCaller,
  FunctionResult,
  HttpActionRequest,
  HttpActionResponse,
  LiveQueryEvents,
  LiveQuerySet,
  LiveResult,
} from './function-host.ts';

/** Passes calls on, and puts a warning before the log lines of their answers while there is one. */
export class WarningCaller implements FunctionCaller {
  /** One or more lines of text; `null`: nothing to warn of. */
  warning: string | null = null;
  readonly #caller: FunctionCaller;

  constructor(caller: FunctionCaller) {
    this.#caller = caller;
  }

  async run(call: FunctionCall): Promise<FunctionResult> {
    return this.#warned(await this.#caller.run(call));
  }

  async runBatch(calls: readonly FunctionCall[], timestamp?: bigint): Promise<FunctionResult[]> {
    const results = await this.#caller.runBatch(calls, timestamp);
    return results.map((result) => this.#warned(result));
  }

  latestTimestamp(): Promise<bigint> {
    return this.#caller.latestTimestamp();
  }

  runHttpAction(request: HttpActionRequest): Promise<HttpActionResponse | null> {
    return this.#caller.runHttpAction(request);
  }

  openLiveQueries(events: LiveQueryEvents): LiveQuerySet {
    const queries = this.#caller.openLiveQueries(events);
    return {
      advance: async (change) => {
        const snapshot = await queries.advance(change);
        if (this.warning === null) return snapshot;
        const changed = snapshot.changed.map((result) => this.#warnedLive(result));
        return { ...snapshot, changed };
      },
      close: () => queries.close(),
    };
  }

  #warned<Answer extends { logLines: string[] }>(answer: Answer): Answer {
    if (this.warning === null) return answer;
    return { ...answer, logLines: [`[WARN] ${this.warning}`, ...answer.logLines] };
  }

  #warnedLive({ id, members }: LiveResult): LiveResult {
    // Written by `QueryResult`, so its shape is known.
    const answer = JSON.parse(`{${members}}`) as { logLines: string[] };
    return { id, members: JSON.stringify(this.#warned(answer)).slice(1, -1) };
  }
}
