import type { CallTrace } from './call-trace.ts';
import type { HttpAnswer } from './http-exchange.ts';
import { sendRequest } from './transport.ts';
import type { DeploymentRequest, Transport } from './transport.ts';

/** How a request is sent, and who watches. */
export interface Sender {
  readonly transport: Transport;
  readonly trace: CallTrace | undefined;
}

/** A request on its way, and how many wait for it. */
interface SharedRequest {
  readonly request: DeploymentRequest;
  readonly answer: Promise<HttpAnswer>;
  /** Absent if its first caller never gives up, so that nothing can end it early. */
  readonly controller: AbortController | undefined;
  waiting: number;
}

/**
 * The queries of one context that are on their way. Equal ones share a request; it is ended early only when all that
 * wait for it have given up. Answers are shared as text, so that each caller decodes values of its own.
 */
export class InFlight {
  /** Few at any time, and compared by length first: a list beats a map, which would hash every body. */
  readonly #requests: SharedRequest[] = [];

  /** The answer to a request equal to `request`, which is sent if none is on its way. */
  async share(request: DeploymentRequest, sender: Sender): Promise<HttpAnswer> {
    const { signal } = request;
    signal?.throwIfAborted();
    let shared = this.#find(request);
    if (shared === undefined) {
      shared = start(request, sender);
      this.#requests.push(shared);
    } else {
      shared.waiting++;
    }
    if (signal !== undefined) this.#leaveOnAbort(shared, signal);
    try {
      return await shared.answer;
    } finally {
      this.#forget(shared);
    }
  }

  #find({ body, authorization }: DeploymentRequest): SharedRequest | undefined {
    for (const shared of this.#requests) {
      const { request } = shared;
      if (request.body === body && request.authorization === authorization) return shared;
    }
    return undefined;
  }

  #leaveOnAbort(shared: SharedRequest, signal: AbortSignal): void {
    const leave = (): void => {
      if (--shared.waiting > 0 || shared.controller === undefined) return;
      this.#forget(shared); // Nobody must join what is being ended.
      shared.controller.abort(signal.reason);
    };
    signal.addEventListener('abort', leave, { once: true });
  }

  #forget(shared: SharedRequest): void {
    const index = this.#requests.indexOf(shared);
    if (index === -1) return;
    const last = this.#requests.pop();
    if (last !== undefined && last !== shared) this.#requests[index] = last;
  }
}

function start(request: DeploymentRequest, sender: Sender): SharedRequest {
  if (request.signal === undefined) {
    return { request, answer: sendWatched(request, sender), controller: undefined, waiting: 1 };
  }
  const controller = new AbortController();
  const answer = sendWatched({ ...request, signal: controller.signal }, sender);
  return { request, answer, controller, waiting: 1 };
}

/** Sends a request and says so to who watches. */
export function sendWatched(
  request: DeploymentRequest,
  { transport, trace }: Sender,
): Promise<HttpAnswer> {
  trace?.beforeAttempt();
  return sendRequest(transport, request);
}
