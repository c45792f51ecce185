import { composeLayers } from './compose-layers.ts';
import type { Layer } from './compose-layers.ts';
import type { ProcedureInfo } from './definition.ts';
import type { ProcedureFacts } from './middleware.ts';

/** One call on its way through the middlewares. */
interface Call {
  readonly ctx: object;
  readonly input: unknown;
  /** The arguments as the caller passed them. */
  readonly raw: unknown;
}

/** The middlewares around the handler, in the order written, as one function of a call; made by the first call. */
export function composeMiddlewares(info: ProcedureInfo): (call: Call) => unknown {
  const { errors, handler } = info;
  const run = ({ ctx, input }: Call): unknown => handler({ ctx, input, errors });
  if (info.middlewares.length === 0) return run;
  let composed: typeof run | undefined;
  return (call) => {
    composed ??= composeLayers(toLayers(info), run);
    return composed(call);
  };
}

function toLayers(info: ProcedureInfo): Layer<Call>[] {
  const { errors, meta, middlewares, type } = info;
  const procedure: ProcedureFacts = {
    type,
    get name() {
      return info.functionName ?? 'unknown';
    },
  };
  return middlewares.map(
    (middleware) =>
      ({ ctx, input, raw }, next) =>
        middleware({ ctx, input, errors, meta, procedure, getRawInput: () => raw, next }),
  );
}
