import { CRPCError } from '../errors/crpc-error.ts';
import { defineBoundClass, onePerModule } from './bound-class.ts';
import type { ClassOf, Member } from './bound-class.ts';
import { toContextKind } from './context-kind.ts';
import { loadHandler } from './module-definition.ts';
import type { ModuleDefinition, RawHandler } from './module-definition.ts';

/** The module's raw handlers over `ctx`: same transaction, no validation, no middleware. */
export function createModuleHandler(definition: ModuleDefinition, ctx: object): object {
  const Handlers = handlersOf(definition, toContextKind(ctx));
  return new Handlers(ctx);
}

const handlersOf: ClassOf<object> = onePerModule((definition, kind) => {
  if (kind === 'action') {
    throw refusal(
      `The handlers of ${definition.path} need a query's or a mutation's ctx: an action has no database. Use create<Module>Caller(ctx).`,
    );
  }
  const members: Record<string, Member<object>> = {};
  for (const [name, type] of Object.entries(definition.functions)) {
    if (type === 'action') continue;
    const isRefused = type === 'mutation' && kind === 'query';
    members[name] = isRefused ? refuse(`${definition.path}:${name}`) : run(definition, name);
  }
  return defineBoundClass(members);
});

function run(definition: ModuleDefinition, name: string): Member<object> {
  let handler: RawHandler | undefined;
  return (ctx) =>
    (input: unknown = {}): Promise<unknown> => {
      try {
        handler ??= loadHandler(definition, name);
        return Promise.resolve(handler({ ctx, input }));
      } catch (error) {
        return Promise.reject(error);
      }
    };
}

function refuse(path: string): Member<object> {
  return () => () =>
    Promise.reject(
      refusal(
        `${path} is a mutation, which a query cannot run. Call it from a mutation, or from an action with create<Module>Caller(ctx).`,
      ),
    );
}

function refusal(message: string): CRPCError {
  return new CRPCError({ code: 'METHOD_NOT_SUPPORTED', message, origin: 'client' });
}
