import type { JSONValue } from 'convex/values';
import { BackendError } from '../backend-error.ts';
import { assertCallLimits } from '../values/value-limits.ts';
import { validateValue } from '../values/validate-value.ts';
import type { ValidationContext } from '../values/validate-value.ts';
import { isObjectValue } from '../values/value-kind.ts';
import type { Deployment } from './deployment.ts';
import { FunctionFailure } from './function-failure.ts';
import type { RegisteredFunction } from './registered-function.ts';

export interface CallToPrepare {
  /** `folder/module:export` */
  path: string;
  /** What the function must be; `scheduled`: a mutation or an action. */
  kind: RegisteredFunction['kind'] | 'scheduled' | 'any';
  args: JSONValue;
  /** Whether it may be an internal function. */
  isTrusted: boolean;
}

/** Finds the function of a call and checks its arguments; a `FunctionFailure` says what is wrong. */
export function prepareCall(
  deployment: Deployment,
  call: CallToPrepare,
  context: ValidationContext,
): RegisteredFunction {
  const target = deployment.functions.get(call.path);
  if (target === undefined || (target.visibility === 'internal' && !call.isTrusted)) {
    const adjective = call.isTrusted ? '' : 'public ';
    throw new FunctionFailure(`Could not find ${adjective}function for '${call.path}'.`);
  }
  if (!isOfKind(target, call.kind)) {
    const wanted = call.kind === 'scheduled' ? 'Mutation or Action' : capitalized(call.kind);
    throw new FunctionFailure(
      `Trying to execute ${call.path} as ${wanted}, but it is defined as ${capitalized(target.kind)}.`,
    );
  }
  checkArgs(target, call.args, context);
  return target;
}

/** Checks what a function answered. */
export function checkReturns(
  target: RegisteredFunction,
  value: JSONValue,
  context: ValidationContext,
): void {
  const failure = target.returns === null ? null : validateValue(target.returns, value, context);
  if (failure !== null) throw new FunctionFailure(`ReturnsValidationError: ${failure}`);
}

/** Checks that arguments or a result, whose JSON text has a length, are no larger or deeper than Convex lets them be. */
export function checkSize(
  target: RegisteredFunction,
  { what, value, length }: { what: 'arguments' | 'result'; value: JSONValue; length: number },
): void {
  const subject =
    what === 'result' ? 'Function return value is' : `Arguments for ${target.path} are`;
  try {
    assertCallLimits(subject, value, length);
  } catch (error) {
    if (error instanceof BackendError) throw new FunctionFailure(error.message);
    throw error;
  }
}

function isOfKind(target: RegisteredFunction, kind: CallToPrepare['kind']): boolean {
  return kind === 'any' || (kind === 'scheduled' ? target.kind !== 'query' : target.kind === kind);
}

function checkArgs(target: RegisteredFunction, args: JSONValue, context: ValidationContext): void {
  if (!isObjectValue(args)) {
    throw new FunctionFailure('ArgumentValidationError: Arguments must be an object.');
  }
  const failure = validateValue(target.args, args, context);
  if (failure !== null) throw new FunctionFailure(`ArgumentValidationError: ${failure}`);
}

function capitalized(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}
