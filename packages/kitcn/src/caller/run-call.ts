import type { UncheckedCallOptions } from './bound-caller.ts';
import { isLimited, sendAttempt } from './call-session.ts';
import type { CallScope, CallSession } from './call-session.ts';
import type { CallTrace } from './call-trace.ts';
import type { CallerLeaf, RouteLeaf } from './caller-tree.ts';
import { onDemand } from './on-demand.ts';
import type { Recovery } from './recovery.ts';
import { toRequestBody } from './request-body.ts';
import { tryOutput } from './try-output.ts';

export interface Call {
  readonly leaf: CallerLeaf | RouteLeaf;
  readonly input: unknown;
  readonly options?: UncheckedCallOptions | undefined;
}

const NO_OPTIONS: UncheckedCallOptions = {};

/** One call from input to output: encode, send, send again if that may help, decode. */
export function runCall(
  session: CallSession,
  { leaf, input, options = NO_OPTIONS }: Call,
  trace?: CallTrace,
): Promise<unknown> {
  const { settings } = session;
  const isQuery = leaf.type === 'query';
  const scope: CallScope = {
    signal: undefined,
    retries: isQuery ? (options.retries ?? settings.retries) : 0,
    dedupe: isQuery && (options.dedupe ?? settings.dedupe),
    trace,
  };
  if (leaf.kind === 'route' || options !== NO_OPTIONS || isLimited(session, options)) {
    return runUnusual(session, { leaf, input, options }, scope);
  }
  const body = toRequestBody(settings.codec.input, leaf, input);
  return runFunction(session, { leaf, body }, scope);
}

/** A function's call whose input is read; what is not quite regular of it may still have to be written. */
export interface FunctionRequest {
  readonly leaf: CallerLeaf;
  readonly body: string | Promise<string>;
}

/** A route, or a call with options of its own or under limits. */
async function runUnusual(
  session: CallSession,
  { leaf, input, options }: Required<Call> & { options: UncheckedCallOptions },
  scope: CallScope,
): Promise<unknown> {
  const { input: codec } = session.settings.codec;
  const request =
    leaf.kind === 'route'
      ? { leaf, input }
      : { leaf, body: await toRequestBody(codec, leaf, input) };
  const { runWithOptions } = await onDemand();
  return runWithOptions(session, { request, options }, scope);
}

/** Sends a call, again if that may help, and decodes its answer. */
export async function runFunction(
  session: CallSession,
  { leaf, body: asked }: FunctionRequest,
  scope: CallScope,
): Promise<unknown> {
  const { settings, transport, tokens } = session;
  const { type: route, functionName } = leaf;
  const body = typeof asked === 'string' ? asked : await asked;
  let { token } = tokens;
  let recovery: Recovery | undefined;
  for (;;) {
    try {
      const answer = await sendAttempt(session, { route, body, token }, scope);
      let output = tryOutput(settings.codec.output, answer);
      if (output === undefined) {
        const { readAnswer } = await onDemand();
        output = readAnswer(settings, answer, { url: transport.apiUrl, functionName });
      }
      tokens.prove(token);
      return output;
    } catch (error) {
      recovery ??= new (await onDemand()).Recovery(session, route, scope);
      token = await recovery.tokenAfter(error, token);
    }
  }
}
