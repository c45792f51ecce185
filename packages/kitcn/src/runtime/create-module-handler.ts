import { CRPCError } from '../errors/crpc-error.ts';
import { toContextKind } from './context-kind.ts';
import { toHandler } from './module-definition.ts';
import type { ModuleDefinition } from './module-definition.ts';

type HandlerCall = (input?: unknown) => Promise<unknown>;

/** The module's raw handlers over `ctx`: same transaction, no validation, no middleware. */
export function createModuleHandler(definition: ModuleDefinition, ctx: object): object {
  const kind = toContextKind(ctx);
  if (kind === 'action') {
    throw refusal(
      `The handlers of ${definition.path} need a query's or a mutation's ctx: an action has no database. Use create<Module>Caller(ctx).`,
    );
  }
  const handlers: Record<string, HandlerCall> = {};
  for (const [name, type] of Object.entries(definition.functions)) {
    if (type === 'action') continue;
    handlers[name] = async (input = {}) => {
      if (type === 'mutation' && kind === 'query') {
        throw refusal(`${definition.path}:${name} is a mutation, which a query cannot run`);
      }
      return toHandler(definition, name)({ ctx, input });
    };
  }
  return handlers;
}

function refusal(message: string): CRPCError {
  return new CRPCError({ code: 'METHOD_NOT_SUPPORTED', message, origin: 'client' });
}
