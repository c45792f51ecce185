import { version } from 'convex';
import type { JSONValue } from 'convex/values';
import type { ProcedureType } from '../shared/type-procedure.ts';
import { isControlFlow } from './control-flow.ts';
import { tryFunctionAnswer } from './function-answer.ts';
import type { FunctionAnswer } from './function-answer.ts';
import { toNetworkError } from './network-error.ts';
import { toRefusal } from './refusal.ts';

/** What the caller needs of `fetch`. */
export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

/** One HTTP attempt of one call. */
export interface FunctionRequest {
  type: ProcedureType;
  functionName: string;
  /** In Convex's JSON encoding. */
  args: JSONValue;
  token: string | undefined;
  signal: AbortSignal | undefined;
}

export interface TransportOptions {
  /** The deployment, without a trailing slash. */
  apiUrl: string;
  /** Default: the global one, as it is at the time of the call, because frameworks replace it. */
  fetch: Fetch | undefined;
}

/** The status that old deployments use for a function that threw; new ones answer 200. */
const FUNCTION_FAILED = 560;

/** The deployment encodes its answers by the version of the client whose encoding this is. */
const CLIENT = `npm-${version}`;

/** Answers are per user and per moment: frameworks that cache `fetch` must not. Old Cloudflare workers refuse the field. */
const UNCACHED: RequestInit =
  globalThis.navigator?.userAgent === 'Cloudflare-Workers' ? {} : { cache: 'no-store' };

/** Sends one request and returns what the function answered; everything else is thrown as a `CRPCError`. */
export async function sendRequest(
  { apiUrl, fetch = globalThis.fetch }: TransportOptions,
  request: FunctionRequest,
): Promise<FunctionAnswer> {
  const url = `${apiUrl}/api/${request.type}`;
  const { status, text } = await exchange(fetch, url, request);
  const json = tryParse(text);
  if (status === 200 || status === FUNCTION_FAILED) {
    const answer = tryFunctionAnswer(json);
    if (answer !== undefined) return answer;
  }
  throw toRefusal({ url, status, json });
}

async function exchange(
  fetch: Fetch,
  url: string,
  request: FunctionRequest,
): Promise<{ status: number; text: string }> {
  request.signal?.throwIfAborted(); // The call may have ended while a token was fetched.
  try {
    const response = await fetch(url, toRequestInit(request));
    return { status: response.status, text: await response.text() };
  } catch (error) {
    request.signal?.throwIfAborted(); // Its reason says more than the error that the abort caused.
    throw isControlFlow(error) ? error : toNetworkError(url, error);
  }
}

function toRequestInit({ functionName, args, token, signal }: FunctionRequest): RequestInit {
  const headers: Record<string, string> = {
    'Content-Type': 'application/json',
    'Convex-Client': CLIENT,
  };
  if (token !== undefined) headers['Authorization'] = `Bearer ${token}`;
  return {
    ...UNCACHED,
    method: 'POST',
    headers,
    body: JSON.stringify({ path: functionName, format: 'convex_encoded_json', args: [args] }),
    ...(signal !== undefined && { signal }),
  };
}

function tryParse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
