import { CRPCError } from '../errors/crpc-error.ts';
import type { ValueTextCodec } from '../wire/text-codec.ts';
import { writeText } from '../wire/write-text.ts';
import type { CallerLeaf } from './caller-tree.ts';

/** An input as JSON, whatever it is. Throws for what cannot be sent. */
export function writeInput(codec: ValueTextCodec, { path }: CallerLeaf, input: unknown): string {
  if (Object.prototype.toString.call(input) === '[object Object]') return writeText(codec, input);
  throw new CRPCError({
    code: 'BAD_REQUEST',
    message: `${path.join('.')} takes an object as its input`,
    origin: 'client',
  });
}
