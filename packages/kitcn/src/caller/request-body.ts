import type { ValueTextCodec } from '../wire/text-codec.ts';
import type { CallerLeaf } from './caller-tree.ts';
import { onDemand } from './on-demand.ts';

/**
 * The body of a request that runs `leaf`; also one of `queries` in a batch. An input is read at once, unless it is not
 * quite regular: what writes the rest, or says why it cannot be sent, is loaded then. Never throws, but rejects.
 */
export function toRequestBody(
  codec: ValueTextCodec,
  leaf: CallerLeaf,
  input: unknown,
): string | Promise<string> {
  const text = input === undefined ? '{}' : tryInput(codec, input);
  return text === undefined ? writeBody(codec, leaf, input) : toBody(leaf, text);
}

function tryInput(codec: ValueTextCodec, input: unknown): string | undefined {
  if (Object.prototype.toString.call(input) !== '[object Object]') return undefined;
  try {
    return codec.tryText(input);
  } catch {
    return undefined; // A transformer or a getter of the user's, which will throw again.
  }
}

async function writeBody(codec: ValueTextCodec, leaf: CallerLeaf, input: unknown): Promise<string> {
  const { writeInput } = await onDemand();
  return toBody(leaf, writeInput(codec, leaf, input));
}

function toBody(leaf: CallerLeaf, text: string): string {
  return `${leaf.bodyStart}${text}]}`;
}
