import { ConvexError } from 'convex/values';
import type { Value } from 'convex/values';
import { isConvexError } from '../errors/convex-error.ts';
import { isCRPCError } from '../errors/crpc-error.ts';
import type { ValueCodec } from '../wire/codec.ts';
import { toErrorPayload } from '../wire/to-error-payload.ts';
import { composeMiddlewares } from './compose-middlewares.ts';
import { toDeclared } from './declared-errors.ts';
import type { ProcedureInfo } from './definition.ts';
import { readFunctionName } from './function-name.ts';
import { misuse } from './misuse.ts';
import { createOutputParse } from './parse.ts';
import { isPromise } from './promise.ts';

/** The one global that this room needs beyond the language; every platform has it. */
declare const console: { error(error: unknown): void };

/**
 * The function that Convex calls: decode, input schemas, middleware, handler, output schema, encode. What it throws is
 * a `ConvexError`, the only kind whose data Convex delivers. Only what is a promise is awaited.
 */
export function createCallChain(
  info: ProcedureInfo,
): (ctx: object, args: unknown) => Promise<Value> {
  const { codec, extendContext, parseInput } = info;
  const asksName = info.middlewares.length > 0;
  const parseOutput = createOutputParse(info.output);
  const run = composeMiddlewares(info);
  return async (ctx, args) => {
    try {
      const raw = codec.input.decode(args);
      const parsing = parseInput(raw);
      const input = isPromise(parsing) ? await parsing : parsing;
      if (asksName && info.functionName === undefined) await readFunctionName(info, ctx);
      const extended = extendContext ? { ...ctx, ...(await extendContext(ctx)) } : ctx;
      const running = run({ ctx: extended, input, raw });
      const parsingOutput = parseOutput(isPromise(running) ? await running : running);
      return codec.output.encode(isPromise(parsingOutput) ? await parsingOutput : parsingOutput);
    } catch (error) {
      throw toConvexError(toDeclared(error, info.errors), codec.output);
    }
  };
}

/** A `ConvexError` that a user threw is meant for the client and passes; of any other error nothing leaves. */
function toConvexError(error: unknown, output: ValueCodec): ConvexError<Value> {
  if (isConvexError(error)) return error;
  if (isCRPCError(error)) {
    // Its stack says where it was made.
    return Object.assign(new ConvexError(toErrorPayload(error, output)), { cause: error });
  }
  console.error(error);
  return toConvexError(misuse('Internal server error'), output);
}
