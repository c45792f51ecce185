import {
  actionGeneric,
  internalActionGeneric,
  internalMutationGeneric,
  internalQueryGeneric,
  mutationGeneric,
  queryGeneric,
} from 'convex/server';
import type { GenericValidator } from 'convex/values';
import { createCallChain } from './call-chain.ts';
import { checkSent } from './check-sent.ts';
import type { Handler, ProcedureDefinition, ProcedureInfo } from './definition.ts';
import { createInputParse } from './parse.ts';
import { toArgsValidator, toReturnsValidator } from './validators.ts';

const REGISTER = {
  query: { public: queryGeneric, internal: internalQueryGeneric },
  mutation: { public: mutationGeneric, internal: internalMutationGeneric },
  action: { public: actionGeneric, internal: internalActionGeneric },
};

/** Registers the procedure with Convex. */
export function createProcedure(definition: ProcedureDefinition, handler: Handler): object {
  const { type, visibility, name } = definition;
  const parseInput = createInputParse(definition);
  const info: ProcedureInfo = {
    ...definition,
    handler,
    parseInput,
    checkSent: (input, args) => checkSent(info, input, args),
    functionName: name,
  };
  // The six builders differ in their context type only, which the procedure's own type already says.
  const register = REGISTER[type][visibility] as (registration: object) => { '~crpc'?: object };
  const registered = register(new Registration(info));
  registered['~crpc'] = info;
  return registered;
}

/**
 * What Convex's builders take. They ask for the validators when a deployment is pushed, never when a function runs, so
 * that is when they are made.
 */
class Registration {
  readonly #info: ProcedureInfo;
  readonly handler: ReturnType<typeof createCallChain>;

  constructor(info: ProcedureInfo) {
    this.#info = info;
    this.handler = createCallChain(info);
  }

  get args(): GenericValidator | undefined {
    return this.#info.codec.input.isOpaque ? undefined : toArgsValidator(this.#info);
  }

  get returns(): GenericValidator | undefined {
    return this.#info.codec.output.isOpaque ? undefined : toReturnsValidator(this.#info);
  }
}
