import { AsyncResource } from 'node:async_hooks';
import { MessageChannel, MessagePort } from 'node:worker_threads';
import { assert } from '../../shared/assert.ts';
import { messageOf } from '../../shared/message-of.ts';

/** A body that is there, or one that comes piece by piece. */
export type HttpBody = Uint8Array<ArrayBuffer> | ReadableStream<Uint8Array> | null;

/** The same on its way to another thread: pieces come through the port, each when it is asked for. */
export type SentBody = Uint8Array<ArrayBuffer> | MessagePort | null;

type ToSender = { type: 'pull' } | { type: 'cancel' };
type ToReceiver =
  { type: 'chunk'; bytes: Uint8Array } | { type: 'end' } | { type: 'error'; message: string };

export interface BodyOnItsWay {
  readonly body: SentBody;
  /** Resolves when all of it was taken or nobody wants more; rejects with what the stream failed with. */
  readonly sent: Promise<void>;
}

/**
 * Makes a body fit to be posted to another thread; a port must be transferred with it. `onProgress` is called before the
 * stream is asked for its next piece.
 */
export function sendBody(body: HttpBody, onProgress: () => void = () => {}): BodyOnItsWay {
  if (!(body instanceof ReadableStream)) return { body, sent: Promise.resolve() };
  const { port1, port2 } = new MessageChannel();
  port1.on('message', onProgress);
  return { body: port2, sent: sendChunks(body, port1) };
}

/** What must be transferred with a body. */
export function portsOf(body: SentBody): MessagePort[] {
  return body instanceof MessagePort ? [body] : [];
}

async function sendChunks(body: ReadableStream<Uint8Array>, port: MessagePort): Promise<void> {
  const reader = body.getReader();
  const send = (message: ToReceiver): void => port.postMessage(message);
  const pulls = new Pulls();
  // The stream may be user code, which must find itself in the call that it belongs to.
  const stop = AsyncResource.bind(() => {
    pulls.stop();
    reader.cancel().catch(() => {});
  });
  port.on('message', ({ type }: ToSender) => (type === 'pull' ? pulls.add() : stop()));
  port.on('close', stop);
  try {
    while (await pulls.next()) {
      const { done, value } = await reader.read();
      if (done) return send({ type: 'end' });
      assertBytes(value);
      send({ type: 'chunk', bytes: value });
    }
  } catch (error) {
    send({ type: 'error', message: messageOf(error) });
    reader.cancel().catch(() => {});
    throw error;
  } finally {
    port.off('close', stop);
    port.close();
  }
}

/** User code can put anything into a stream. */
export function assertBytes(chunk: unknown): asserts chunk is Uint8Array {
  if (!(chunk instanceof Uint8Array)) {
    throw new TypeError('A piece of a body must be a Uint8Array.');
  }
}

/** How often the receiver has asked for more. */
class Pulls {
  #waiting = 0;
  #isStopped = false;
  #wake: () => void = () => {};

  add(): void {
    this.#waiting += 1;
    this.#wake();
  }

  stop(): void {
    this.#isStopped = true;
    this.#wake();
  }

  /** Resolves at the next one; `false` if there will be none. */
  async next(): Promise<boolean> {
    while (this.#waiting === 0 && !this.#isStopped) {
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
    this.#waiting -= 1;
    return !this.#isStopped;
  }
}

/** The body that another thread sends. `onProgress` is called before anybody hears of the next piece. */
export function receiveBody(body: SentBody, onProgress: () => void = () => {}): HttpBody {
  return body instanceof MessagePort ? receiveChunks(body, onProgress) : body;
}

function receiveChunks(port: MessagePort, onProgress: () => void): ReadableStream<Uint8Array> {
  const send = (message: ToSender): void => port.postMessage(message);
  let isOver = false;
  let wake: () => void = () => {};
  return new ReadableStream<Uint8Array>({
    start(controller) {
      const end = (close: () => void): void => {
        if (!isOver) close();
        isOver = true;
      };
      port.on('message', (message: ToReceiver) => {
        onProgress();
        if (message.type === 'chunk') controller.enqueue(message.bytes);
        else if (message.type === 'end') end(() => controller.close());
        else end(() => controller.error(new BodyError(message.message)));
        wake();
      });
      port.on('close', () => {
        onProgress();
        end(() => controller.error(new BodyError('The rest of the body was lost.')));
        wake();
      });
    },
    pull() {
      assert(!isOver, 'nobody asks a stream that is over for more');
      return new Promise<void>((resolve) => {
        wake = resolve;
        send({ type: 'pull' });
      });
    },
    cancel() {
      isOver = true;
      send({ type: 'cancel' });
      port.close();
    },
  });
}

/** The body failed where it comes from. */
class BodyError extends Error {
  override readonly name = 'BodyError';
}
