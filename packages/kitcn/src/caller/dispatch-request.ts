import type { HttpAnswer, HttpRequest } from './http-exchange.ts';
import { toNetworkError } from './network-error.ts';
import type { DispatchHandler, NodeDispatcher } from './node-dispatcher.ts';

/**
 * Sends what Node's own `fetch` would, over the same keep-alive sockets and at about a fifth of its cost: what is left out
 * are the requests, answers and streams of the web.
 */
export function dispatchRequest(
  dispatcher: NodeDispatcher,
  request: HttpRequest,
): Promise<HttpAnswer> {
  return new Promise((resolve, reject) => {
    request.signal?.throwIfAborted(); // The call may have ended while a token was fetched.
    new DispatchedRequest(dispatcher, request, { resolve, reject }).send();
  });
}

interface Outcome {
  resolve: (answer: HttpAnswer) => void;
  reject: (error: unknown) => void;
}

class DispatchedRequest implements DispatchHandler {
  readonly #dispatcher: NodeDispatcher;
  readonly #request: HttpRequest;
  readonly #outcome: Outcome;
  readonly #pieces: Uint8Array[] = [];
  #status = 0;
  #retryAfter: string | undefined;
  #isRepeated = false;
  #closeSocket: ((reason: unknown) => void) | undefined;

  constructor(dispatcher: NodeDispatcher, request: HttpRequest, outcome: Outcome) {
    this.#dispatcher = dispatcher;
    this.#request = request;
    this.#outcome = outcome;
    request.signal?.addEventListener('abort', this.#onAbort);
  }

  send(): void {
    const { url, headers, body, signal } = this.#request;
    if (signal?.aborted) return;
    const pathAt = url.indexOf('/', 'https://'.length);
    const options = {
      origin: url.slice(0, pathAt),
      path: url.slice(pathAt),
      method: 'POST',
      headers: { ...headers, 'accept-encoding': 'identity' }, // Nothing here unpacks.
      body,
      headersTimeout: 0, // An action may take its minutes; limits are the caller's.
      bodyTimeout: 0,
    } as const;
    try {
      this.#dispatcher.dispatch(options, this);
    } catch (error) {
      this.onError(error); // A header that cannot be sent.
    }
  }

  onConnect(closeSocket: (reason: unknown) => void): void {
    const { signal } = this.#request;
    if (signal?.aborted) closeSocket(signal.reason);
    else this.#closeSocket = closeSocket;
  }

  onHeaders(status: number, headers: readonly Uint8Array[]): boolean {
    this.#status = status;
    if (status !== 200) this.#retryAfter = tryHeader(headers, 'retry-after');
    return true;
  }

  onData(piece: Uint8Array): boolean {
    this.#pieces.push(piece);
    return true;
  }

  onComplete(): void {
    // The socket can be taken again a moment after its answer; whoever calls next must not open another because of that.
    queueMicrotask(() => setImmediate(this.#finish));
  }

  onError(error: unknown): void {
    if (this.#request.isRepeatable && !this.#isRepeated && this.#wasStale(error)) {
      this.#isRepeated = true;
      // Sockets that the server closed together with this one must be gone before another is taken.
      setImmediate(() => this.send());
      return;
    }
    this.#forget();
    this.#outcome.reject(toNetworkError(this.#request.url, error));
  }

  readonly #finish = (): void => {
    this.#forget();
    const text = utf8.decode(join(this.#pieces));
    this.#outcome.resolve({ status: this.#status, text, retryAfter: this.#retryAfter });
  };

  /** The signal's reason says more than the error that closing the socket causes. */
  readonly #onAbort = (): void => {
    this.#forget();
    const reason: unknown = this.#request.signal?.reason;
    this.#outcome.reject(reason);
    this.#closeSocket?.(reason);
  };

  #forget(): void {
    this.#request.signal?.removeEventListener('abort', this.#onAbort);
  }

  /**
   * Whether the server may have closed a kept socket just when it was taken. Most likely nothing ran, but that cannot be
   * known, so it is repeated only where it may run twice.
   */
  #wasStale(error: unknown): boolean {
    if (this.#status !== 0 || this.#request.signal?.aborted) return false;
    const { code, socket } = error as { code?: unknown; socket?: { bytesRead: number } };
    // A socket that something was read from had a use before. Resets do not say of which socket they were.
    return code === 'UND_ERR_SOCKET' ? socket?.bytesRead !== 0 : RESETS.has(code);
  }
}

/** Of Node, where alone this runs: as soon as what has arrived by now is dealt with. */
const { setImmediate } = globalThis as unknown as { setImmediate: (run: () => void) => void };

const RESETS: ReadonlySet<unknown> = new Set(['ECONNRESET', 'EPIPE']);

function tryHeader(headers: readonly Uint8Array[], wanted: string): string | undefined {
  for (let index = 0; index < headers.length; index += 2) {
    if (utf8.decode(headers[index]).toLowerCase() === wanted) {
      return utf8.decode(headers[index + 1]);
    }
  }
  return undefined;
}

const utf8 = new TextDecoder();

function join(pieces: readonly Uint8Array[]): Uint8Array | undefined {
  if (pieces.length <= 1) return pieces[0];
  const whole = new Uint8Array(pieces.reduce((length, piece) => length + piece.length, 0));
  let offset = 0;
  for (const piece of pieces) {
    whole.set(piece, offset);
    offset += piece.length;
  }
  return whole;
}
