import { parentPort, workerData } from 'node:worker_threads';
import { analyzeModule } from '../../project/analyze.ts';
import type { FunctionsBundle } from '../../project/bundle.ts';
import { locateError } from '../../project/locate-error.ts';
import { ModuleRealm } from '../../project/module-realm.ts';
import type { ModuleNamespace } from '../../project/module-realm.ts';
import { ProjectError } from '../../project/project-error.ts';
import { describeFunction } from './describe-function.ts';
import { describeRoutes } from './describe-routes.ts';
import type {
  InspectedModule,
  InspectionMessage,
  InspectionRequest,
  InspectorOptions,
  Subject,
} from './inspection.ts';
import { nodeGlobals } from './node-globals.ts';
import { RealmFacts } from './realm-facts.ts';

// Started by `Inspector` only, with this.
const {
  env,
  isAnnounced,
  hasJsonSchemas = false,
  hasNode = false,
} = workerData as InspectorOptions;
/** Loaded only where it is of use. */
const jsonSchemas = hasJsonSchemas ? await import('./json-schemas.ts') : undefined;

const ANNOUNCE = '__kitcnRunning';

/** What is being loaded, and the module of it that runs. */
let inspected: FunctionsBundle = { entries: [], modules: [], inputs: [] };
let running: string | undefined;
/** Environment variables that the running module has asked for in vain. */
let missing = new Set<string>();

const facts = new RealmFacts();
const shownEnv = observed({ ...env });
const realm = new ModuleRealm({
  env,
  globals: {
    [ANNOUNCE]: announce,
    ...facts.globals,
    ...(hasNode ? nodeGlobals(shownEnv) : { process: { env: shownEnv } }),
  },
});

function observed(variables: Record<string, string>): Record<string, string> {
  return new Proxy(variables, {
    get(target, name) {
      if (typeof name === 'symbol') return undefined;
      if (!(name in target)) missing.add(name);
      return target[name];
    },
  });
}

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
  missing = new Set();
  tell({ type: 'running', module });
}

async function inspect({ bundle, subjects }: InspectionRequest): Promise<InspectionMessage> {
  inspected = bundle;
  running = undefined;
  missing = new Set();
  const namespaces = await realm.load(isAnnounced ? announced(bundle) : bundle);
  const modules = subjects.map((subject): [string, InspectedModule] => [
    subject.entry,
    inspectModule(subject, namespaces),
  ]);
  return { type: 'done', modules };
}

function inspectModule(
  { entry, bundled, member, traits }: Subject,
  namespaces: ReadonlyMap<string, ModuleNamespace>,
): InspectedModule {
  const bundle = namespaces.get(bundled) ?? {};
  // A namespace that is exported from a bundle is an object with string keys, too.
  const namespace = member === undefined ? bundle : (bundle[member] as ModuleNamespace);
  const moduleFacts = facts.of(traits);
  const functions = analyzeModule(entry, namespace).map((found) => {
    const exported = namespace[found.name] as object;
    const schemas = jsonSchemas?.schemasOfFunction(exported, moduleFacts);
    const types = describeFunction(exported, moduleFacts);
    return { ...found, types, ...(schemas && { schemas }) };
  });
  const { default: router } = namespace;
  const routes =
    entry === 'http' ? describeRoutes(router, moduleFacts, jsonSchemas?.schemasOfRoute) : [];
  return { functions, routes };
}

function toFailure(error: unknown, bundle: FunctionsBundle): InspectionMessage {
  if (error instanceof ProjectError) {
    const { code, text, file, line, column } = error;
    const at = file === undefined ? undefined : { file, line, column };
    return { type: 'failed', code, text, at, module: undefined };
  }
  // `String` gives name and message of errors of any realm.
  const text = `${String(error)}${missingVariables()}`;
  const at = locateError(error, bundle) ?? undefined;
  return { type: 'failed', code: 'MODULE_FAILED', text, at, module: running };
}

function missingVariables(): string {
  if (missing.size === 0) return '';
  const names = [...missing].sort().join(', ');
  return ` (environment variables that it read and that are not set: ${names})`;
}

// Thrown by a timer or a promise that nobody waits for. Told here and not by the thread's 'error' event, which may
// reach the other side before the name of the running module does.
process.on('uncaughtException', (error) => {
  tell(toFailure(error, inspected));
  process.exit(1);
});

parentPort?.on('message', (request: InspectionRequest) => {
  // When nothing is left to wait for, the thread ends, and `Inspector` knows that a module waits in vain.
  parentPort?.unref();
  void inspect(request)
    .catch((error: unknown) => toFailure(error, request.bundle))
    .then((message) => {
      parentPort?.ref();
      tell(message);
    });
});
