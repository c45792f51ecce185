import { isJsonObject } from '../../shared/json-object.ts';
import { BackendError } from '../backend-error.ts';
import { readBody } from './read-body.ts';

/** 16 MiB of arguments and the rest of the envelope, as Convex allows. */
const BODY_LIMIT = 16 * 1024 * 1024 + 2000;

const utf8 = new TextDecoder('utf-8', { fatal: true });

const JSON_CONTENT_TYPE = /^application\/(?:[\w.+-]+\+)?json\s*(?:;|$)/i;

/** The JSON object that an API request carries; 400 `BadJsonBody` for anything else. */
export async function readJsonObject(request: Request): Promise<Record<string, unknown>> {
  if (!JSON_CONTENT_TYPE.test(request.headers.get('content-type') ?? '')) {
    throw badJsonBody('its Content-Type must be application/json');
  }
  const body = await readBody(request, BODY_LIMIT);
  let value: unknown;
  try {
    value = JSON.parse(utf8.decode(body));
  } catch (error) {
    throw badJsonBody(error instanceof Error ? error.message : 'it is not JSON');
  }
  if (!isJsonObject(value)) throw badJsonBody('it must be a JSON object');
  return value;
}

export function badJsonBody(reason: string): BackendError {
  return new BackendError(400, 'BadJsonBody', `The request body cannot be used: ${reason}.`);
}
