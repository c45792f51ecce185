import type { ValueTextCodec } from '../wire/text-codec.ts';
import type { HttpAnswer } from './http-exchange.ts';

/** What the function returned, if all went well; `undefined` for every answer that `readAnswer` is for. */
export function tryOutput(codec: ValueTextCodec, { status, text }: HttpAnswer): unknown {
  const json = status === 200 ? tryParse(text) : undefined;
  const answer = json as { status?: unknown; value?: unknown } | null | undefined;
  return answer?.status === 'success' ? codec.tryFromJson(answer.value) : undefined;
}

/** The parsed text; `undefined` if it is not JSON. */
export function tryParse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
