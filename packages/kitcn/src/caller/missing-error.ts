import { CRPCError } from '../errors/crpc-error.ts';
import { nearestName } from '../shared/nearest-name.ts';
import type { CallerBranch } from './caller-tree.ts';

/** Listed in an error in full up to this many names. */
const MAX_LISTED = 12;

/** Says that a branch has no procedure of this name, and which one was meant. */
export function missingError(branch: CallerBranch, name: string): CRPCError {
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
