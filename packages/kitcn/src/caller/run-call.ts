import { CRPCError } from '../errors/crpc-error.ts';
import type { UncheckedCallOptions } from './bound-caller.ts';
import { isLimited, runLimited, sendAttempt } from './call-session.ts';
import type { CallScope, CallSession } from './call-session.ts';
import type { CallTrace } from './call-trace.ts';
import type { CallerLeaf, RouteLeaf } from './caller-tree.ts';
import { readAnswer } from './function-answer.ts';
import { Recovery } from './recovery.ts';
import { toRequestBody } from './request-body.ts';
import { assertRetries } from './retry.ts';
import { runRoute } from './run-route.ts';

export interface Call {
  readonly leaf: CallerLeaf | RouteLeaf;
  readonly input: unknown;
  readonly options?: UncheckedCallOptions | undefined;
}

const NO_OPTIONS: UncheckedCallOptions = {};

/** One call from input to output: encode, send, send again if that may help, decode. */
export function runCall(session: CallSession, call: Call, trace?: CallTrace): Promise<unknown> {
  const { leaf, options = NO_OPTIONS } = call;
  if (options !== NO_OPTIONS || isLimited(session, options)) {
    return runWithOptions(session, { ...call, options }, trace);
  }
  return runLeaf(session, call, toScope(session, { leaf, options, trace }));
}

async function runWithOptions(
  session: CallSession,
  call: Call & { options: UncheckedCallOptions },
  trace: CallTrace | undefined,
): Promise<unknown> {
  const { leaf, options } = call;
  checkOptions(leaf, options);
  const scope = toScope(session, { leaf, options, trace });
  try {
    return await runLimited(session, options, (signal) =>
      runLeaf(session, call, { ...scope, signal }),
    );
  } catch (error) {
    if (options.skipUnauth === true && session.settings.isUnauthorized(error)) return null;
    throw error;
  }
}

interface ScopeSource {
  leaf: Call['leaf'];
  options: UncheckedCallOptions;
  trace: CallTrace | undefined;
}

function toScope({ settings }: CallSession, { leaf, options, trace }: ScopeSource): CallScope {
  const isQuery = leaf.type === 'query';
  return {
    signal: undefined,
    retries: isQuery ? (options.retries ?? settings.retries) : 0,
    dedupe: isQuery && (options.dedupe ?? settings.dedupe),
    trace,
  };
}

function runLeaf(session: CallSession, { leaf, input }: Call, scope: CallScope): Promise<unknown> {
  return leaf.kind === 'route'
    ? runRoute(session, { leaf, input }, scope)
    : runFunction(session, { leaf, input }, scope);
}

/** Sends a call, again if that may help, and decodes its answer. */
export async function runFunction(
  session: CallSession,
  { leaf, input }: { leaf: CallerLeaf; input: unknown },
  scope: CallScope,
): Promise<unknown> {
  const { settings, transport, tokens } = session;
  const { type: route, functionName } = leaf;
  const body = toRequestBody(settings.codec.input, leaf, input);
  let { token } = tokens;
  let recovery: Recovery | undefined;
  for (;;) {
    try {
      const answer = await sendAttempt(session, { route, body, token }, scope);
      const output = readAnswer(settings, answer, { url: transport.apiUrl, functionName });
      tokens.prove(token);
      return output;
    } catch (error) {
      recovery ??= new Recovery(session, route, scope);
      token = await recovery.tokenAfter(error, token);
    }
  }
}

/** The types keep these from mutations and actions; a call that could run twice must not slip through. */
function checkOptions(
  { type, path }: Call['leaf'],
  { retries, dedupe }: UncheckedCallOptions,
): void {
  if (retries !== undefined) assertRetries(retries);
  if (type === 'query' || (!retries && !dedupe)) return;
  throw new CRPCError({
    code: 'BAD_REQUEST',
    message: `${path.join('.')} is no query: retries and dedupe are for queries only`,
    origin: 'client',
  });
}
