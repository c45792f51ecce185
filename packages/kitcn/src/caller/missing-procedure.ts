import { CRPCError } from '../errors/crpc-error.ts';
import type { CallerBranch } from './caller-tree.ts';
import { nearestName } from '../shared/nearest-name.ts';

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

/** Listed in an error in full up to this many names. */
const MAX_LISTED = 12;

/**
 * What stands in for a member that a branch does not have: a function that rejects and says what was meant. Its own
 * members are the same function, so that a typo in a module's name is reported as that.
 */
export function missingProcedure(branch: CallerBranch, name: string): unknown {
  if (!isProcedureName(name)) return undefined;
  const standIn: object = new Proxy(() => Promise.reject(missingError(branch, name)), {
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

function missingError(branch: CallerBranch, name: string): CRPCError {
  const pathOf = (member: string) => [...branch.path, member].join('.');
  const nearest = nearestName(name, branch.members.keys());
  const hint = nearest === undefined ? listMembers(branch) : `Did you mean ${pathOf(nearest)}?`;
  return new CRPCError({
    code: 'NOT_FOUND',
    message: `api has no ${pathOf(name)}. ${hint} If it is new, run \`kitcn codegen\`.`,
    origin: 'client',
  });
}

function listMembers(branch: CallerBranch): string {
  const names = [...branch.members.keys()];
  const owner = branch.path.length === 0 ? 'api' : branch.path.join('.');
  if (names.length === 0) return `${owner} is empty.`;
  const listed = names.slice(0, MAX_LISTED).join(', ');
  return `${owner} has ${listed}${names.length > MAX_LISTED ? ', …' : ''}.`;
}
