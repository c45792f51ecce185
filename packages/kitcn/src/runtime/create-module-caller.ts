import { makeFunctionReference } from 'convex/server';
import type { Value } from 'convex/values';
import { CRPCError } from '../errors/crpc-error.ts';
import type { ProcedureType } from '../shared/type-procedure.ts';
import { defineBoundClass, onePerModule } from './bound-class.ts';
import type { BoundClass, ClassOf, Member } from './bound-class.ts';
import { toContextKind } from './context-kind.ts';
import { scheduleOf } from './create-schedule.ts';
import type { SchedulerCtx } from './create-schedule.ts';
import { loadCodec } from './module-definition.ts';
import type { ModuleDefinition } from './module-definition.ts';
import { reviveError } from './revive-error.ts';

type Run = (reference: object, args: Value) => Promise<unknown>;

const RUN = { query: 'runQuery', mutation: 'runMutation', action: 'runAction' } as const;

/** Which functions a context can call, scheduling apart: the page's call matrix. */
const CAN_CALL: Record<ProcedureType, readonly ProcedureType[]> = {
  query: ['query'],
  mutation: ['query', 'mutation'],
  action: ['query', 'mutation', 'action'],
};

/** What to do instead, for each kind of context and of function that the matrix excludes. */
const INSTEAD: Record<string, string> = {
  'query mutation': 'A query only reads. Call it from a mutation or an action.',
  'query action': 'Call it from an action with caller.actions, or schedule it from a mutation.',
  'mutation action': 'Schedule it: caller.schedule.now.<name>(…).',
};

/**
 * The module's functions over `ctx`, each call across a Convex function boundary: validated, with middleware. Queries
 * and mutations are at the root, actions under `actions`, the scheduler under `schedule`.
 */
export function createModuleCaller(definition: ModuleDefinition, ctx: object): object {
  const Caller = callersOf(definition, toContextKind(ctx));
  return new Caller(ctx);
}

const callersOf: ClassOf<object> = onePerModule((definition, kind) => {
  const members: Record<string, Member<object>> = {};
  const actions: Record<string, Member<object>> = {};
  for (const [name, type] of Object.entries(definition.functions)) {
    const group = type === 'action' ? actions : members;
    group[name] = CAN_CALL[kind].includes(type)
      ? call(definition, name, type)
      : refuse(`A ${kind} cannot call ${definition.path}:${name}`, `${kind} ${type}`);
  }
  members['actions'] = bind(defineBoundClass(actions));
  const schedule = scheduleOf(definition);
  members['schedule'] = (ctx) => schedule(kind === 'query' ? null : (ctx as SchedulerCtx));
  return defineBoundClass(members);
});

function bind(Group: BoundClass<object>): Member<object> {
  return (ctx) => new Group(ctx);
}

function call(definition: ModuleDefinition, name: string, type: ProcedureType): Member<object> {
  const path = `${definition.path}:${name}`;
  const reference = makeFunctionReference(path);
  const method = RUN[type];
  return (ctx) =>
    async (input: unknown = {}): Promise<unknown> => {
      const codec = loadCodec(definition, name);
      const args = codec.input.encode(input);
      let result: unknown;
      try {
        // The context's kind says that it has the method.
        result = await (ctx as Record<typeof method, Run>)[method](reference, args);
      } catch (error) {
        throw reviveError(error, path, codec.output);
      }
      return codec.output.decode(result);
    };
}

function refuse(what: string, pair: string): Member<object> {
  const type = pair.slice(pair.indexOf(' ') + 1);
  const message = `${what}, which is of type ${type}. ${INSTEAD[pair] ?? ''}`;
  return () => () =>
    Promise.reject(new CRPCError({ code: 'METHOD_NOT_SUPPORTED', message, origin: 'client' }));
}
