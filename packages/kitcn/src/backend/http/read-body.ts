import { BackendError } from '../backend-error.ts';

/** The whole body; 413 `PayloadTooLarge` as soon as it is known to have more than `limit` bytes. */
export async function readBody(request: Request, limit: number): Promise<Uint8Array<ArrayBuffer>> {
  const declared = request.headers.get('content-length');
  if (declared !== null && !request.headers.has('transfer-encoding')) {
    // Node ends the body at the declared length, so it need not be counted again.
    if (Number(declared) > limit) throw tooLarge(limit);
    return new Uint8Array(await request.arrayBuffer());
  }
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of request.body ?? []) {
    size += chunk.byteLength;
    if (size > limit) throw tooLarge(limit);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function tooLarge(limit: number): BackendError {
  return new BackendError(
    413,
    'PayloadTooLarge',
    `The body of a request may have at most ${limit} bytes.`,
  );
}
