import { performance } from 'node:perf_hooks';
import type { FunctionsBundle } from '../../project/bundle.ts';
import { mapTraces } from '../../project/locate-error.ts';
import { BackendError } from '../backend-error.ts';
import type { Clock } from '../../shared/clock.ts';
import type { Activity } from './activity.ts';
import { createConvexGlobal } from './convex-global.ts';
import { loadDeployment } from './deployment.ts';
import type { Deployment } from './deployment.ts';
import { Execution, currentExecution, freezeWorld } from './execution.ts';
import type { FrozenWorld } from './execution.ts';
import { createRealmConsole } from './realm-console.ts';
import { HOOKS_GLOBAL, realmPrelude } from './realm-prelude.ts';
import type { RealmHooks } from './realm-prelude.ts';
import type { FunctionCalls } from './syscalls/syscall.ts';

export interface UserRealmOptions {
  calls: FunctionCalls;
  activity: Activity;
  clock: Clock;
  env: Readonly<Record<string, string>>;
  loadTimeoutMs: number;
  /** Gets each line that a function writes to its console. */
  log: (path: string, line: string) => void;
}

export const MOST_LOG_LINES = 256;
const OVERFLOW = `[ERROR] Log overflow (maximum ${MOST_LOG_LINES}). Remaining log lines omitted.`;

/** Loads a bundle into a realm whose globals are those of Convex functions. */
export async function loadInUserRealm(
  bundle: FunctionsBundle,
  options: UserRealmOptions,
): Promise<Deployment> {
  const hooks = createHooks(options);
  const loading = { kind: 'loading', path: 'modules', world: freezeWorld(options) } as const;
  const loaded = currentExecution.run(loading, () =>
    loadDeployment(bundle, {
      env: options.env,
      globals: {
        Convex: createConvexGlobal(options.calls, options.activity),
        console: createRealmConsole({
          write: (line) => collectLine(mapTraces(line, bundle), options.log),
          now: () => hooks.performanceNow(),
          call: runningCall,
        }),
        [HOOKS_GLOBAL]: hooks,
      },
      prelude: realmPrelude(),
      onDynamicImport: () => hooks.refuse('dynamic import()'),
    }),
  );
  let timer: NodeJS.Timeout | undefined;
  const tooLong = new Promise<never>((_resolve, reject) => {
    const seconds = options.loadTimeoutMs / 1000;
    const message = `The modules did not load within ${seconds}s: a top-level await that never ends?`;
    const error = new BackendError(400, 'PushFailed', message);
    timer = setTimeout(() => reject(error), options.loadTimeoutMs);
  });
  try {
    return await Promise.race([loaded, tooLong]);
  } finally {
    clearTimeout(timer);
  }
}

function collectLine(line: string, log: UserRealmOptions['log']): void {
  const execution = currentExecution.getStore();
  if (execution instanceof Execution) {
    const { logLines } = execution.request;
    if (logLines.length < MOST_LOG_LINES) logLines.push(line);
    else if (logLines.length === MOST_LOG_LINES) logLines.push(OVERFLOW);
  }
  log(execution?.path ?? 'unknown function', line);
}

/** What code outside of calls counts is counted together. */
const OUTSIDE = {};

function runningCall(): object {
  const execution = currentExecution.getStore();
  return execution instanceof Execution ? execution.request : (execution ?? OUTSIDE);
}

/** The clock that stands still, if the running function has one; the function is known to have looked at it. */
function frozenClock(): FrozenWorld | null {
  const execution = currentExecution.getStore();
  if (execution instanceof Execution && execution.state !== null) {
    execution.state.observed.clock = true;
  }
  return execution?.world ?? null;
}

const world = (): FrozenWorld | null => currentExecution.getStore()?.world ?? null;

/** What the realm of one deployment asks. */
export function createHooks({
  activity,
  clock,
}: Pick<UserRealmOptions, 'activity' | 'clock'>): RealmHooks {
  return {
    now: () => frozenClock()?.now ?? clock.now(),
    performanceNow() {
      const isMutation = currentExecution.getStore()?.kind === 'mutation';
      return (isMutation ? undefined : frozenClock()?.performanceNow) ?? performance.now();
    },
    random: () => world()?.random.next() ?? Math.random(),
    fillRandom(bytes) {
      const random = world()?.random;
      if (random === undefined) crypto.getRandomValues(bytes);
      else random.fill(bytes);
    },
    refuse(what) {
      const execution = currentExecution.getStore();
      if (execution === undefined || execution.world === null) return;
      const where =
        execution.kind === 'loading' ? 'while modules load' : 'in queries and mutations';
      throw new BackendError(
        400,
        'NotDeterministic',
        `Can't use ${what} ${where}. Please consider using an action. See https://docs.convex.dev/functions/actions for more details.`,
      );
    },
    resume() {
      const execution = currentExecution.getStore();
      if (execution instanceof Execution && execution.isRunning) {
        activity.enter(execution.request.activityId);
      }
    },
  };
}
