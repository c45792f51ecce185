import { actionGeneric, mutationGeneric, queryGeneric } from 'convex/server';
import { registeredFunctions } from '../backend/functions/registered-function.ts';
import type { RegisteredFunction } from '../backend/functions/registered-function.ts';
import { must } from '../shared/assert.ts';

const MAKE = { query: queryGeneric, mutation: mutationGeneric, action: actionGeneric };

/** A function that is in no module; what it answers stays in the process and need be no Convex value. */
export function inlineFunction<Result>(
  kind: RegisteredFunction['kind'],
  work: (ctx: never) => Promise<Result>,
): { target: RegisteredFunction; result: () => Result } {
  let answer: { value: Result } | undefined;
  const handler = async (ctx: unknown): Promise<null> => {
    // The context is the one that Convex gives to functions of that kind.
    answer = { value: await work(ctx as never) };
    return null;
  };
  const [target] = registeredFunctions('inline', { function: MAKE[kind](handler) });
  return {
    target: must(target, 'an inline function is registered'),
    result: () => must(answer, 'the inline function has ended').value,
  };
}
