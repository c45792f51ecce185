import { isJsonObject } from '../shared/json-object.ts';
import { messageOf } from '../shared/message-of.ts';
import { UsageError } from './command-error.ts';

/** The arguments object of a function, typed as JSON. Throws `UsageError` that shows where the JSON ends to be some. */
export function parseFunctionArguments(text: string): Record<string, unknown> {
  const value = parseJson(text);
  if (isJsonObject(value)) return value;
  throw new UsageError(`The arguments must be a JSON object like '{"name": "Ada"}', not ${text}`);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const message = messageOf(error);
    const position = errorPosition(text, message);
    const reason = message.replace(/(?:, .*is not valid JSON| in JSON at position .*)$/s, '');
    throw new UsageError(
      `The arguments are not valid JSON: ${reason} at position ${position}${pointer(text, position)}`,
    );
  }
}

/** V8 gives the position in its message, except of a token that cannot stand where it does. */
function errorPosition(text: string, message: string): number {
  const stated = /at position (\d+)/.exec(message)?.[1];
  if (stated !== undefined) return Number(stated);
  for (let end = 1; end <= text.length; end++) {
    if (endsInUnexpectedToken(text.slice(0, end))) return end - 1;
  }
  return text.length;
}

function endsInUnexpectedToken(text: string): boolean {
  try {
    JSON.parse(text);
    return false;
  } catch (error) {
    return error instanceof Error && error.message.startsWith('Unexpected token');
  }
}

function pointer(text: string, position: number): string {
  if (text.length > 200 || text.includes('\n')) return '';
  return `\n  ${text}\n  ${' '.repeat(position)}^`;
}
