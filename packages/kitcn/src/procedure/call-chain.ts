import { ConvexError } from 'convex/values';
import type { Value } from 'convex/values';
import { CRPCError, isCRPCError } from '../errors/crpc-error.ts';
import type { ValueCodec } from '../wire/codec.ts';
import { toErrorPayload } from '../wire/error-payload.ts';
import type { Handler, ProcedureDefinition } from './definition.ts';
import type { MiddlewareNext, MiddlewareResult } from './middleware.ts';
import { parseInput, parseOutput } from './parse.ts';

/** The one global that this room needs beyond the language; every platform has it. */
declare const console: { error(error: unknown): void };

/**
 * The function that Convex calls: decode, input schemas, middleware, handler, output schema, encode. What it throws is
 * a `ConvexError`, the only kind whose data Convex delivers.
 */
export function createCallChain(
  definition: ProcedureDefinition,
  handler: Handler,
): (ctx: object, args: unknown) => Promise<Value> {
  const { codec, extendContext, inputs, output } = definition;
  const runMiddlewares = composeMiddlewares(definition, handler);
  return async (ctx, args) => {
    try {
      const raw = codec.input.decode(args);
      const input = await parseInput(inputs, raw);
      const extended = extendContext ? { ...ctx, ...(await extendContext(ctx)) } : ctx;
      const result = await runMiddlewares({ ctx: extended, input, raw });
      return codec.output.encode(output ? await parseOutput(output, result) : result);
    } catch (error) {
      throw toConvexError(error, codec.output);
    }
  };
}

interface Call {
  ctx: object;
  input: unknown;
  raw: unknown;
}

function composeMiddlewares(
  { middlewares, meta, type }: ProcedureDefinition,
  handler: Handler,
): (call: Call) => unknown {
  const procedure = { type };
  const runFrom = (index: number, call: Call): unknown => {
    const middleware = middlewares[index];
    if (!middleware) return handler({ ctx: call.ctx, input: call.input });
    const next: MiddlewareNext = async (options?: { ctx: object }) => {
      const ctx = options ? { ...call.ctx, ...options.ctx } : call.ctx;
      return { value: await runFrom(index + 1, { ...call, ctx }) };
    };
    const { ctx, input, raw } = call;
    return middleware({ ctx, input, meta, procedure, getRawInput: () => raw, next }).then(toValue);
  };
  return (call) => runFrom(0, call);
}

function toValue(result: MiddlewareResult<object> | undefined): unknown {
  if (result !== undefined && 'value' in result) return result.value;
  throw new CRPCError({
    code: 'INTERNAL_SERVER_ERROR',
    message: 'A middleware must return what next() returned',
  });
}

/** A `ConvexError` that a user threw is meant for the client and passes; of any other error nothing leaves. */
function toConvexError(error: unknown, output: ValueCodec): ConvexError<Value> {
  if (isCRPCError(error)) return new ConvexError(toErrorPayload(error, output));
  if (isConvexError(error)) return error;
  console.error(error);
  const hidden = new CRPCError({
    code: 'INTERNAL_SERVER_ERROR',
    message: 'Internal server error',
  });
  return new ConvexError(toErrorPayload(hidden, output));
}

function isConvexError(error: unknown): error is ConvexError<Value> {
  return typeof error === 'object' && error !== null && Symbol.for('ConvexError') in error;
}
