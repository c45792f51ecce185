import type { CallerBranch } from './caller-tree.ts';
import { onDemand } from './on-demand.ts';

const PROCEDURE_NAME = /^[A-Za-z][A-Za-z0-9_]*$/;

/** What promises, serialisers, test runners and DOM checks look for on any object. They must find nothing. */
const PROBED_NAMES: ReadonlySet<string> = new Set([
  'then',
  'catch',
  'finally',
  'toJSON',
  'inspect',
  'prototype',
  'length',
  'asymmetricMatch',
  'nodeType',
  'tagName',
  'hasAttribute',
]);

/**
 * What stands in for a member that a branch does not have: a function that rejects and says what was meant. Its own
 * members are the same function, so that a typo in a module's name is reported as that.
 */
export function missingProcedure(branch: CallerBranch, name: string): unknown {
  if (!isProcedureName(name)) return undefined;
  const reject = async (): Promise<never> => {
    const { missingError } = await onDemand();
    throw missingError(branch, name);
  };
  const standIn: object = new Proxy(reject, {
    get(target, key) {
      if (typeof key === 'symbol' || key in target) return Reflect.get(target, key);
      return isProcedureName(key) ? standIn : undefined;
    },
  });
  return standIn;
}

function isProcedureName(name: string): boolean {
  return PROCEDURE_NAME.test(name) && !PROBED_NAMES.has(name);
}
