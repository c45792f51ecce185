import { CRPCError } from '../errors/crpc-error.ts';
import type { ValueTextCodec } from '../wire/text-codec.ts';
import type { CallerLeaf } from './caller-tree.ts';

/** The body of a request that runs `leaf`; also one of `queries` in a batch. Throws for what cannot be sent. */
export function toRequestBody(codec: ValueTextCodec, leaf: CallerLeaf, input: unknown): string {
  return `${leaf.bodyStart}${encodeInput(codec, leaf, input)}]}`;
}

function encodeInput(codec: ValueTextCodec, { path }: CallerLeaf, input: unknown): string {
  if (input === undefined) return '{}';
  if (Object.prototype.toString.call(input) !== '[object Object]') {
    throw new CRPCError({
      code: 'BAD_REQUEST',
      message: `${path.join('.')} takes an object as its input`,
      origin: 'client',
    });
  }
  return codec.toText(input);
}
