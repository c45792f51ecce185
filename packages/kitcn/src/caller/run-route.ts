import { CRPCError } from '../errors/crpc-error.ts';
import { tryFromErrorPayload } from '../wire/error-payload.ts';
import { readJson } from '../wire/read-json.ts';
import type { ValueTextCodec } from '../wire/text-codec.ts';
import type { CallScope, CallSession } from './call-session.ts';
import type { RouteLeaf } from './caller-tree.ts';
import { UNCACHED } from './http-exchange.ts';
import { toFetchError } from './network-error.ts';
import { runAttempts } from './recovery.ts';
import { toErrorCode } from './refusal.ts';
import { tryRetryAfterMs } from './retry.ts';
import { toRouteRequest } from './route-request.ts';
import type { RouteRequest } from './route-request.ts';
import { tryParse } from './try-output.ts';

/** A route and what its caller passed. */
export interface RouteCall {
  readonly leaf: RouteLeaf;
  readonly input: unknown;
}

/** One call of an HTTP route: over `fetch`, since only that can send forms and hand on responses. */
export async function runRoute(
  session: CallSession,
  { leaf, input }: RouteCall,
  scope: CallScope,
): Promise<unknown> {
  if (session.admin !== undefined) throw adminRefused(leaf);
  const { settings, tokens } = session;
  const request = toRouteRequest(leaf, input, settings.codec.input);
  // Unlike a mutation, a route that threw may have done half its work.
  const type = leaf.type === 'query' ? 'query' : 'action';
  return runAttempts(session, { type, scope }, async (token) => {
    const sent = { ...request, method: leaf.method, authorization: session.authorize(token) };
    const output = readAnswer(settings, leaf, await exchange(session, sent, scope));
    tokens.prove(token);
    return output;
  });
}

interface SentRequest extends RouteRequest {
  method: string;
  authorization: string | undefined;
}

/** The text is read where it is ours, or tells of an error; else the response is the caller's. */
interface RouteAnswer {
  response: Response;
  text: string | undefined;
}

/** How `kitcn/http` marks what a handler returned, as against a `Response` that it made. */
const IS_VALUE = /;\s*crpc=1\b/;

async function exchange(
  { transport }: CallSession,
  request: SentRequest,
  { signal, trace }: CallScope,
): Promise<RouteAnswer> {
  signal?.throwIfAborted(); // The call may have ended while a token was fetched.
  trace?.beforeAttempt();
  const url = `${transport.siteUrl}${request.path}`;
  const init = toInit(request, signal, trace?.sentHeaders);
  try {
    const response = await (transport.fetch ?? globalThis.fetch)(url, init);
    const type = response.headers.get('content-type') ?? '';
    const isOwn = response.ok && !IS_VALUE.test(type);
    return { response, text: isOwn ? undefined : await response.text() };
  } catch (error) {
    signal?.throwIfAborted(); // Its reason says more than the error that the abort caused.
    throw toFetchError(url, error);
  }
}

function toInit(
  { method, headers: own, body, authorization }: SentRequest,
  signal: AbortSignal | undefined,
  traced: Headers | undefined,
): RequestInit {
  const headers = new Headers(traced);
  headers.delete('authorization'); // Who somebody is, is for nobody else to say.
  for (const [name, value] of Object.entries(own)) headers.set(name, value);
  if (authorization !== undefined) headers.set('authorization', authorization);
  return { ...UNCACHED, method, headers, body: body ?? null, signal: signal ?? null };
}

/** What the handler returned. Throws for the statuses of errors. */
function readAnswer(
  { codec, clock }: CallSession['settings'],
  leaf: RouteLeaf,
  { response, text }: RouteAnswer,
): unknown {
  if (text === undefined) return response;
  const json = tryParse(text);
  if (response.ok && json !== undefined) return readJson(codec.output, json);
  const retryAfter = response.headers.get('retry-after') ?? undefined;
  throw (
    tryRouteError(json, codec.output) ??
    toStatusError(leaf, response.status, tryRetryAfterMs(retryAfter, clock.now()))
  );
}

function tryRouteError(json: unknown, output: ValueTextCodec): CRPCError | undefined {
  if (typeof json !== 'object' || json === null || !('__crpc' in json)) return undefined;
  return tryFromErrorPayload(json, { decode: (data) => readJson(output, data) });
}

/** An answer that no route gave as an error: a `Response` that one made, the deployment, or what stands before it. */
function toStatusError(
  { path }: RouteLeaf,
  status: number,
  retryAfterMs: number | undefined,
): CRPCError {
  return new CRPCError({
    code: toErrorCode(status),
    message: `${path.join('.')} was answered with HTTP ${status}`,
    ...(retryAfterMs !== undefined && { data: { retryAfterMs } }),
    origin: 'network',
  });
}

function adminRefused({ path }: RouteLeaf): CRPCError {
  return new CRPCError({
    code: 'BAD_REQUEST',
    message: `${path.join('.')} is an HTTP route, which would see the admin key: call it by a factory without one`,
    origin: 'client',
  });
}
