import {
  actionGeneric,
  internalActionGeneric,
  internalMutationGeneric,
  internalQueryGeneric,
  mutationGeneric,
  queryGeneric,
} from 'convex/server';
import { createCallChain } from './call-chain.ts';
import type { Handler, ProcedureDefinition, ProcedureInfo } from './definition.ts';
import { toArgsValidator, toReturnsValidator } from './validators.ts';

const REGISTER = {
  query: { public: queryGeneric, internal: internalQueryGeneric },
  mutation: { public: mutationGeneric, internal: internalMutationGeneric },
  action: { public: actionGeneric, internal: internalActionGeneric },
};

/** Registers the procedure with Convex, with all that depends on the definition alone already done. */
export function createProcedure(definition: ProcedureDefinition, handler: Handler): object {
  const { type, visibility, meta, codec } = definition;
  const info: ProcedureInfo = { type, visibility, meta, codec, handler };
  const args = codec.input.isOpaque ? undefined : toArgsValidator(definition.inputs);
  const returns =
    codec.output.isOpaque || !definition.output ? undefined : toReturnsValidator(definition.output);
  // The six builders differ in their context type only, which the procedure's own type already says.
  const register = REGISTER[type][visibility] as (registration: object) => object;
  const registered = register({
    ...(args && { args }),
    ...(returns && { returns }),
    handler: createCallChain(definition, handler),
  });
  return Object.assign(registered, { '~crpc': info });
}
