import { BackendError } from '../backend-error.ts';
import { declaredLength } from './declared-length.ts';
import { payloadTooLarge } from './limited-body.ts';

/** The whole body; 413 `PayloadTooLarge` as soon as it is known to have more than `limit` bytes, 400 `RequestAborted` if it breaks off. */
export async function readBody(request: Request, limit: number): Promise<Uint8Array<ArrayBuffer>> {
  try {
    return await readWhole(request, limit);
  } catch (cause) {
    if (cause instanceof BackendError) throw cause;
    throw new BackendError(400, 'RequestAborted', 'The body of the request broke off.', { cause });
  }
}

async function readWhole(request: Request, limit: number): Promise<Uint8Array<ArrayBuffer>> {
  const length = declaredLength(request);
  if (length !== undefined) {
    // Need not be counted again.
    if (length > limit) throw payloadTooLarge(limit);
    return new Uint8Array(await request.arrayBuffer());
  }
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of request.body ?? []) {
    size += chunk.byteLength;
    if (size > limit) throw payloadTooLarge(limit);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
