import type { Value } from 'convex/values';
import type { ProcedureInfo } from './definition.ts';
import { createInputParse } from './parse.ts';
import { isPromise } from './promise.ts';
import { toArgsValidator } from './validators.ts';

/**
 * Throws what a call with `input`, which travels as `args`, would be refused with, for a call that is made later. It
 * does not wait: where a schema answers with a promise, only the Convex validator is asked.
 */
export function checkSent(info: ProcedureInfo, input: unknown, args: Value): void {
  const parsing = info.parseInput(input);
  if (!isPromise(parsing)) return;
  parsing.then(undefined, () => {}); // The call itself will meet it again.
  const validator = info.codec.input.isOpaque ? undefined : toArgsValidator(info);
  if (validator !== undefined) createInputParse({ inputs: [validator] })(args);
}
