import { makeFunctionReference } from 'convex/server';
import type { Value } from 'convex/values';
import { CRPCError } from '../errors/crpc-error.ts';
import type { ProcedureType } from '../shared/type-procedure.ts';
import { toContextKind } from './context-kind.ts';
import { createSchedule } from './create-schedule.ts';
import type { SchedulerCtx } from './create-schedule.ts';
import { toCodec } from './module-definition.ts';
import type { ModuleDefinition } from './module-definition.ts';
import { reviveError } from './revive-error.ts';

type Run = (reference: object, args: Value) => Promise<unknown>;
type Call = (input?: unknown) => Promise<unknown>;

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
  const kind = toContextKind(ctx);
  const root: Record<string, unknown> = {};
  const actions: Record<string, Call> = {};
  for (const [name, type] of Object.entries(definition.functions)) {
    const call = createCall(definition, name, { ctx, kind });
    if (type === 'action') actions[name] = call;
    else root[name] = call;
  }
  root['actions'] = actions;
  root['schedule'] = createSchedule(definition, kind === 'query' ? null : (ctx as SchedulerCtx));
  return root;
}

function createCall(
  definition: ModuleDefinition,
  name: string,
  { ctx, kind }: { ctx: object; kind: ProcedureType },
): Call {
  const type = definition.functions[name] as ProcedureType;
  const path = `${definition.path}:${name}`;
  if (!CAN_CALL[kind].includes(type)) {
    const message = `A ${kind} cannot call ${path}, which is of type ${type}. ${INSTEAD[`${kind} ${type}`] ?? ''}`;
    return () =>
      Promise.reject(new CRPCError({ code: 'METHOD_NOT_SUPPORTED', message, origin: 'client' }));
  }
  const run = (ctx as Record<string, Run>)[RUN[type]] as Run;
  const reference = makeFunctionReference(path);
  return async (input = {}) => {
    const codec = toCodec(definition, name);
    const args = codec.input.encode(input);
    let result: unknown;
    try {
      result = await run(reference, args);
    } catch (error) {
      throw reviveError(error, path, codec.output);
    }
    return codec.output.decode(result);
  };
}
