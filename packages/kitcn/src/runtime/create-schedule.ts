import { makeFunctionReference } from 'convex/server';
import type { Value } from 'convex/values';
import { CRPCError } from '../errors/crpc-error.ts';
import { toCodec } from './module-definition.ts';
import { reviveError } from './revive-error.ts';
import type { ModuleDefinition } from './module-definition.ts';

/** The part of a mutation's or an action's context that schedules. */
export interface SchedulerCtx {
  scheduler: {
    runAfter(delay: number, reference: object, args: Value): Promise<unknown>;
    runAt(time: number, reference: object, args: Value): Promise<unknown>;
    cancel(id: unknown): Promise<void>;
  };
}

type Enqueue = (reference: object, args: Value) => Promise<unknown>;

/** `now`, `after`, `at` and `cancel` over a context; every one refuses where `ctx` is `null`, in a query. */
export function createSchedule(definition: ModuleDefinition, ctx: SchedulerCtx | null): object {
  const scheduler = () => ctx?.scheduler ?? refuse(definition.path);
  return {
    now: createFunctions(definition, (reference, args) => scheduler().runAfter(0, reference, args)),
    after(delay: number) {
      if (!Number.isFinite(delay) || delay < 0) {
        throw badTime(`schedule.after(${delay}): the delay is a number of milliseconds from 0 on`);
      }
      return createFunctions(definition, (reference, args) =>
        scheduler().runAfter(delay, reference, args),
      );
    },
    at(time: Date | number) {
      const at = Number(time);
      if (!Number.isFinite(at)) {
        throw badTime(
          `schedule.at(${String(time)}): the time is a valid Date or a number of milliseconds`,
        );
      }
      return createFunctions(definition, (reference, args) =>
        scheduler().runAt(at, reference, args),
      );
    },
    cancel: async (id: unknown) => scheduler().cancel(id),
  };
}

/** Encodes and hands over before it returns, so that a call that nobody awaits is not lost. Queries are not scheduled. */
function createFunctions(definition: ModuleDefinition, enqueue: Enqueue): object {
  const functions: Record<string, (input?: unknown) => Promise<unknown>> = {};
  for (const [name, type] of Object.entries(definition.functions)) {
    if (type === 'query') continue;
    const path = `${definition.path}:${name}`;
    const reference = makeFunctionReference(path);
    functions[name] = async (input = {}) => {
      const codec = toCodec(definition, name);
      const args = codec.input.encode(input);
      try {
        return await enqueue(reference, args);
      } catch (error) {
        throw reviveError(error, path, codec.output);
      }
    };
  }
  return functions;
}

function refuse(path: string): never {
  throw new CRPCError({
    code: 'METHOD_NOT_SUPPORTED',
    message: `A query cannot schedule functions of ${path}. Schedule from a mutation or an action.`,
    origin: 'client',
  });
}

function badTime(message: string): CRPCError {
  return new CRPCError({ code: 'BAD_REQUEST', message, origin: 'client' });
}
