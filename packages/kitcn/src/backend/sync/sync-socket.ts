import type { WebSocket } from 'ws';

/** Longer reasons do not fit into a close frame. */
const LONGEST_REASON_BYTES = 123;
/** A client that lets more than this wait for it is too slow. */
const MOST_BUFFERED_BYTES = 64 * 1024 * 1024;

/** When to look after a connection on which nothing happens; milliseconds. */
export interface Heartbeat {
  /** Between two looks, at each of which a WebSocket ping is sent. */
  readonly everyMs: number;
  /** After so long without a message a `Ping` is sent. */
  readonly pingMs: number;
  /** After so long without a sign of life the connection is dropped. */
  readonly silenceMs: number;
}

/** One connection: sends text, and knows when something last went either way. */
export class SyncSocket {
  readonly #socket: WebSocket;
  #lastSent = performance.now();
  #lastReceived = performance.now();

  constructor(socket: WebSocket) {
    this.#socket = socket;
    for (const sign of ['message', 'ping', 'pong'] as const) {
      socket.on(sign, () => {
        this.#lastReceived = performance.now();
      });
    }
  }

  get isOpen(): boolean {
    return this.#socket.readyState === this.#socket.OPEN;
  }

  /** Resolves when the text has left, or never will. */
  send(text: string): Promise<void> {
    if (!this.isOpen) return Promise.resolve();
    if (this.#socket.bufferedAmount > MOST_BUFFERED_BYTES) {
      this.#socket.terminate();
      return Promise.resolve();
    }
    this.#lastSent = performance.now();
    return new Promise((resolve) => this.#socket.send(text, () => resolve()));
  }

  /** The reason begins with a code that clients know. */
  close(code: number, reason: string): void {
    const bytes = Buffer.from(reason).subarray(0, LONGEST_REASON_BYTES);
    // A character that was cut in half becomes nothing.
    this.#socket.close(code, bytes.toString().replaceAll('\uFFFD', ''));
  }

  /** Reads no more until `work` is done, so that the peer has to wait instead of our memory having to hold it all. */
  async whilePaused(work: () => Promise<void>): Promise<void> {
    this.#socket.pause();
    try {
      await work();
    } finally {
      this.#socket.resume();
    }
  }

  terminate(): void {
    this.#socket.terminate();
  }

  beat({ pingMs, silenceMs }: Heartbeat): void {
    const now = performance.now();
    if (now - this.#lastReceived >= silenceMs) {
      this.terminate();
      return;
    }
    if (!this.isOpen) return;
    this.#socket.ping();
    if (now - this.#lastSent >= pingMs) void this.send('{"type":"Ping"}');
  }
}
