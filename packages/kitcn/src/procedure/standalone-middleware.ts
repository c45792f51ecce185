import { patchCall } from './compose-layers.ts';
import type { Patch } from './compose-layers.ts';
import type { AnyMiddleware } from './definition.ts';

/** What `c.middleware` makes. */
interface Standalone extends AnyMiddleware {
  pipe(next: AnyMiddleware): Standalone;
}

/** The run-time side of `c.middleware(fn)`, and of `c.middleware<Ctx>()(fn)`, which only types tell from it. */
export function createMiddleware(middleware?: AnyMiddleware): unknown {
  return middleware === undefined ? createMiddleware : toStandalone(middleware);
}

function toStandalone(middleware: AnyMiddleware): Standalone {
  // A new function, so that the user's own is left as it was.
  const standalone: AnyMiddleware = (options) => middleware(options);
  return Object.assign(standalone, {
    pipe: (next: AnyMiddleware) => toStandalone(pipe(middleware, next)),
  });
}

/** `first` around `second`; what both add goes on together. */
function pipe(first: AnyMiddleware, second: AnyMiddleware): AnyMiddleware {
  return (options) => {
    const next = (patch: Patch = {}) =>
      second({
        ...options,
        ...patchCall(options, patch),
        next: (more: Patch = {}) => options.next(together(patch, more) as { ctx: object }),
      });
    return first({ ...options, next });
  };
}

function together(first: Patch, second: Patch): Patch {
  return {
    ctx: { ...first.ctx, ...second.ctx },
    ...((first.input ?? second.input) && { input: { ...first.input, ...second.input } }),
  };
}
