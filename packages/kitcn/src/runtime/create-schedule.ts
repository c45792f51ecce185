import { makeFunctionReference } from 'convex/server';
import type { Value } from 'convex/values';
import { CRPCError } from '../errors/crpc-error.ts';
import { defineBoundClass } from './bound-class.ts';
import type { Member } from './bound-class.ts';
import { loadCodec, loadInfo } from './module-definition.ts';
import type { ModuleDefinition } from './module-definition.ts';
import { reviveError } from './revive-error.ts';

/** The part of a mutation's or an action's context that schedules. */
export interface SchedulerCtx {
  scheduler: {
    runAfter(delay: number, reference: object, args: Value): Promise<unknown>;
    runAt(time: number, reference: object, args: Value): Promise<unknown>;
    cancel(id: unknown): Promise<void>;
  };
}

/** Hands a call over to the scheduler of a context, at a time that was settled before. */
type Enqueue = (reference: object, args: Value) => Promise<unknown>;

/**
 * What makes `now`, `after`, `at` and `cancel` over a context; every one refuses where `ctx` is `null`, in a query.
 */
export function scheduleOf(definition: ModuleDefinition): (ctx: SchedulerCtx | null) => object {
  const members: Record<string, Member<Enqueue>> = {};
  for (const [name, type] of Object.entries(definition.functions)) {
    if (type !== 'query') members[name] = enqueueCall(definition, name); // Convex does not schedule queries.
  }
  const Functions = defineBoundClass(members);
  return (ctx) => {
    const scheduler = (): SchedulerCtx['scheduler'] => ctx?.scheduler ?? refuse(definition.path);
    return {
      get now() {
        return new Functions((reference, args) => scheduler().runAfter(0, reference, args));
      },
      after(delay: number) {
        checkDelay(delay);
        return new Functions((reference, args) => scheduler().runAfter(delay, reference, args));
      },
      at(time: Date | number) {
        const at = toTime(time);
        return new Functions((reference, args) => scheduler().runAt(at, reference, args));
      },
      cancel: async (id: unknown) => scheduler().cancel(id),
    };
  };
}

/** Checks, encodes and hands over before it returns, so that a call that nobody awaits is not lost. */
function enqueueCall(definition: ModuleDefinition, name: string): Member<Enqueue> {
  const path = `${definition.path}:${name}`;
  const reference = makeFunctionReference(path);
  return (enqueue) =>
    async (input: unknown = {}): Promise<unknown> => {
      const codec = loadCodec(definition, name);
      const args = codec.input.encode(input);
      loadInfo(definition, name)?.checkSent(input, args);
      try {
        return await enqueue(reference, args);
      } catch (error) {
        throw reviveError(error, path, codec.output);
      }
    };
}

function checkDelay(delay: number): void {
  if (Number.isFinite(delay) && delay >= 0) return;
  throw badTime(`schedule.after(${delay}): the delay is a number of milliseconds from 0 on`);
}

function toTime(time: Date | number): number {
  const at = Number(time);
  if (Number.isFinite(at)) return at;
  throw badTime(
    `schedule.at(${String(time)}): the time is a valid Date or a number of milliseconds`,
  );
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
