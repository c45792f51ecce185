import type { FunctionCalls } from './syscalls/syscall.ts';
import type { Activity } from './activity.ts';
import type { Clock } from '../../shared/clock.ts';
import type { ModuleNamespace } from '../../project/module-realm.ts';
import { BackendError } from '../backend-error.ts';
import { createConvexGlobal } from './convex-global.ts';
import type { ConvexGlobal } from './convex-global.ts';
import { toDeployment } from './deployment.ts';
import type { Deployment } from './deployment.ts';
import { Execution, currentExecution } from './execution.ts';
import { hookGlobals } from './hook-globals.ts';
import type { RealmHooks } from './realm-prelude.ts';
import { createHooks } from './user-realm.ts';

export interface InProcessOptions {
  calls: FunctionCalls;
  activity: Activity;
  clock: Clock;
  /** Whether functions see the time of the clock, and randomness that follows from a seed; else those of the process. */
  isDeterministic: boolean;
}

/** What the functions of one deployment see, when they run among the code of their host. */
interface World {
  readonly convex: ConvexGlobal;
  readonly hooks: RealmHooks;
  readonly isDeterministic: boolean;
}

const worlds = new WeakMap<Deployment, World>();

/**
 * Makes a deployment of modules that the process has loaded. Their functions find their backend through globals that are
 * hooked for good and do nothing to other code; the running execution says whose call it is.
 */
export function deployInProcess(
  namespaces: ReadonlyMap<string, ModuleNamespace>,
  { calls, activity, clock, isDeterministic }: InProcessOptions,
): Deployment {
  const deployment = toDeployment(namespaces);
  const convex = createConvexGlobal(calls, activity);
  worlds.set(deployment, { convex, hooks: createHooks({ activity, clock }), isDeterministic });
  enterWorlds();
  return deployment;
}

/** Also before each call from outside: tools that fake timers put the globals back that they once found. */
export function enterWorlds(): void {
  Object.defineProperty(globalThis, 'Convex', { value: CONVEX, configurable: true });
  hookGlobals({
    refuse: (what) => worldOf(currentExecution.getStore())?.hooks.refuse(what),
    now: () => deterministicHooks()?.now() ?? null,
    // The hooks ask the globals where nothing stands still: in actions, and in mutations for the second.
    performanceNow: () =>
      isFrozen('query') ? (deterministicHooks()?.performanceNow() ?? null) : null,
    random: () => (isFrozen() ? deterministicHooks() : null),
  });
}

const CONVEX: ConvexGlobal = {
  syscall: (operation, argsJson) => currentConvex().syscall(operation, argsJson),
  asyncSyscall: (operation, argsJson) => currentConvex().asyncSyscall(operation, argsJson),
  jsSyscall: (operation) => currentConvex().jsSyscall(operation),
};

function currentConvex(): ConvexGlobal {
  const world = worldOf(currentExecution.getStore());
  if (world !== undefined) return world.convex;
  throw new BackendError(
    400,
    'NoFunctionRunning',
    'ctx was used outside of its function. Await all promises before a function returns.',
  );
}

function deterministicHooks(): RealmHooks | null {
  const world = worldOf(currentExecution.getStore());
  return world?.isDeterministic === true ? world.hooks : null;
}

/** Whether a function runs whose world stands still, of one kind if it is given. */
function isFrozen(kind?: 'query'): boolean {
  const execution = currentExecution.getStore();
  if (execution === undefined || execution.world === null) return false;
  return kind === undefined || execution.kind === kind;
}

function worldOf(execution: unknown): World | undefined {
  return execution instanceof Execution ? worlds.get(execution.request.deployment) : undefined;
}
