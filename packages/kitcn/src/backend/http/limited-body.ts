import { BackendError } from '../backend-error.ts';

export interface LimitedBody {
  readonly stream: ReadableStream<Uint8Array>;
  /** Rejects with 413 `PayloadTooLarge` if the body turns out to be too large, else never settles. */
  readonly tooLarge: Promise<never>;
}

/** A body of unknown length that fails as soon as it is known to have more than `limit` bytes. */
export function limitBody(body: ReadableStream<Uint8Array>, limit: number): LimitedBody {
  let size = 0;
  let refuse: (error: BackendError) => void = () => {};
  const tooLarge = new Promise<never>((_resolve, reject) => (refuse = reject));
  tooLarge.catch(() => {});
  const count = new TransformStream<Uint8Array, Uint8Array>({
    transform(chunk, controller) {
      size += chunk.byteLength;
      if (size <= limit) return controller.enqueue(chunk);
      const error = payloadTooLarge(limit);
      refuse(error);
      throw error;
    },
  });
  return { stream: body.pipeThrough(count), tooLarge };
}

export function payloadTooLarge(limit: number): BackendError {
  return new BackendError(
    413,
    'PayloadTooLarge',
    `The body of a request may have at most ${limit} bytes.`,
  );
}
