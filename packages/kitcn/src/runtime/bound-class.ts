import type { ProcedureType } from '../shared/type-procedure.ts';
import type { ModuleDefinition } from './module-definition.ts';

/** Makes objects whose members are functions over what the object is made for. */
export type BoundClass<Target> = new (target: Target) => object;

/** What a member is, given what its object was made for; asked at every access. */
export type Member<Target> = (target: Target) => unknown;

/** Keeps what the members work on out of reach, so that printing or serialising a caller shows nothing of a context. */
class Bound<Target> {
  readonly #target: Target;

  constructor(target: Target) {
    this.#target = target;
  }

  static targetOf<T>(bound: Bound<T>): T {
    return bound.#target;
  }
}

/**
 * A class with the members as accessors. An object of it costs the same however many members there are, and each member
 * can be taken off its object: `const { getTeam } = createTeamsHandler(ctx)`.
 */
export function defineBoundClass<Target>(
  members: Readonly<Record<string, Member<Target>>>,
): BoundClass<Target> {
  class Members extends Bound<Target> {}
  for (const [name, member] of Object.entries(members)) {
    Object.defineProperty(Members.prototype, name, {
      enumerable: true,
      get(this: Members): unknown {
        return member(Bound.targetOf(this));
      },
    });
  }
  return Members;
}

/** The class of a module for a kind of context, made when it is first asked for. */
export type ClassOf<Target> = (
  definition: ModuleDefinition,
  kind: ProcedureType,
) => BoundClass<Target>;

/** Keeps what `define` makes with the definition, of which generated code has one for a module. */
export function onePerModule<Target>(define: ClassOf<Target>): ClassOf<Target> {
  const classes = {
    query: new WeakMap<ModuleDefinition, BoundClass<Target>>(),
    mutation: new WeakMap<ModuleDefinition, BoundClass<Target>>(),
    action: new WeakMap<ModuleDefinition, BoundClass<Target>>(),
  };
  return (definition, kind) => {
    const known = classes[kind].get(definition);
    if (known !== undefined) return known;
    const defined = define(definition, kind);
    classes[kind].set(definition, defined);
    return defined;
  };
}
