import { convexToJson, jsonToConvex } from 'convex/values';
import type { JSONValue } from 'convex/values';
import { CRPCError } from '../errors/crpc-error.ts';
import type { Codec } from '../wire/codec.ts';
import type { UncheckedCallOptions } from './bound-caller.ts';
import type { CallerLeaf } from './caller-tree.ts';
import { Deadline } from './deadline.ts';
import { toFunctionError } from './function-error.ts';
import { isReplayable } from './replay.ts';
import type { TokenSource } from './token-source.ts';
import { sendRequest } from './transport.ts';
import type { TransportOptions } from './transport.ts';

/** What all calls of one context share. */
export interface CallSession {
  readonly codec: Codec;
  readonly transport: TransportOptions;
  readonly tokens: TokenSource;
  readonly isUnauthorized: (error: unknown) => boolean;
  readonly timeoutMs: number | undefined;
  readonly signals: readonly (AbortSignal | undefined)[];
}

export interface Call {
  readonly leaf: CallerLeaf;
  readonly input: unknown;
  readonly options: UncheckedCallOptions | undefined;
}

/** One call from input to output: encode, send, send again if a newer token may help, decode. */
export async function runCall(session: CallSession, call: Call): Promise<unknown> {
  const { leaf, input, options = {} } = call;
  const args = encodeInput(session.codec, leaf, input);
  const deadline = new Deadline({
    timeoutMs: options.timeoutMs ?? session.timeoutMs,
    signals: [...session.signals, options.signal],
  });
  const attempt = (token: string | undefined): Promise<unknown> =>
    runAttempt(session, leaf, { args, token, signal: deadline.signal });
  try {
    return await deadline.race(() => runWithReplay(session, leaf, attempt));
  } catch (error) {
    if (options.skipUnauth === true && session.isUnauthorized(error)) return null;
    throw error;
  } finally {
    deadline.close();
  }
}

type Attempt = (token: string | undefined) => Promise<unknown>;

async function runWithReplay(
  { tokens, isUnauthorized }: CallSession,
  { type }: CallerLeaf,
  attempt: Attempt,
): Promise<unknown> {
  const { token } = tokens;
  try {
    return await attempt(token);
  } catch (error) {
    if (!isUnauthorized(error) || !isReplayable(type, error)) throw error;
    const newer = await tokens.tokenAfter(token);
    if (newer === undefined) throw error;
    return await attempt(newer);
  }
}

async function runAttempt(
  { codec, transport }: CallSession,
  { type, functionName }: CallerLeaf,
  attempt: { args: JSONValue; token: string | undefined; signal: AbortSignal | undefined },
): Promise<unknown> {
  const answer = await sendRequest(transport, { type, functionName, ...attempt });
  if (answer.status === 'error') throw toFunctionError({ functionName, ...answer }, codec.output);
  return codec.output.decode(jsonToConvex(answer.value));
}

function encodeInput({ input: codec }: Codec, { path }: CallerLeaf, input: unknown): JSONValue {
  if (input === undefined) return {};
  if (Object.prototype.toString.call(input) !== '[object Object]') {
    throw new CRPCError({
      code: 'BAD_REQUEST',
      message: `${path.join('.')} takes an object as its input`,
      origin: 'client',
    });
  }
  return convexToJson(codec.encode(input));
}
