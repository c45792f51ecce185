import { parentPort, workerData } from 'node:worker_threads';
import { analyzeModule } from '../../project/analyze.ts';
import type { FunctionsBundle } from '../../project/bundle.ts';
import { locateError } from '../../project/locate-error.ts';
import { ModuleRealm } from '../../project/module-realm.ts';
import { ProjectError } from '../../project/project-error.ts';
import type { InspectionMessage, InspectionRequest } from './inspection.ts';

// Started by `inspectBundle` only, with this.
const { bundle, env } = workerData as InspectionRequest;

const ANNOUNCE = '__kitcnRunning';

let running: string | undefined;

/** Makes each module tell that it starts, on its first line so that all positions but those on that line stay. */
function announced(original: FunctionsBundle): FunctionsBundle {
  const modules = original.modules.map((module) => ({
    ...module,
    source: `${ANNOUNCE}(${JSON.stringify(module.path)});${module.source}`,
  }));
  return { ...original, modules };
}

function tell(message: InspectionMessage): void {
  parentPort?.postMessage(message);
}

function announce(module: string): void {
  running = module;
  tell({ type: 'running', module });
}

async function inspect(): Promise<InspectionMessage> {
  const realm = new ModuleRealm({ env, globals: { [ANNOUNCE]: announce } });
  const namespaces = await realm.load(announced(bundle));
  const functions = [...namespaces].map(
    ([entry, namespace]): [string, ReturnType<typeof analyzeModule>] => [
      entry,
      analyzeModule(entry, namespace),
    ],
  );
  return { type: 'done', functions };
}

function toFailure(error: unknown): InspectionMessage {
  if (error instanceof ProjectError) {
    const { code, text, file, line, column } = error;
    const at = file === undefined ? undefined : { file, line, column };
    return { type: 'failed', code, text, at, module: undefined };
  }
  // `String` gives name and message of errors of any realm.
  const text = String(error);
  const at = locateError(error, bundle) ?? undefined;
  return { type: 'failed', code: 'MODULE_FAILED', text, at, module: running };
}

// No top-level await here: Node would warn when the modules of the user never finish theirs.
void inspect().catch(toFailure).then(tell);
