import type { JSONValue } from 'convex/values';
import { locateError } from '../../project/locate-error.ts';
import { ModuleRealm } from '../../project/module-realm.ts';
import type { FunctionsBundle } from '../../project/bundle.ts';
import type { ModuleNamespace, ModuleRealmOptions } from '../../project/module-realm.ts';
import { BackendError } from '../backend-error.ts';
import { parseCrons } from '../scheduler/cron-spec.ts';
import type { CronSpec } from '../scheduler/cron-spec.ts';
import { parseAuthProviders } from './auth-providers.ts';
import type { AuthProvider } from './function-host.ts';
import { registeredFunctions } from './registered-function.ts';
import type { RegisteredFunction } from './registered-function.ts';

/** `http.ts`'s default export, as far as it is used here. */
export interface Router {
  /** Method is `HEAD` too; then the route of `GET` answers. */
  lookup(path: string, method: string): readonly [HttpAction, string, string] | null;
}

export interface HttpAction {
  invokeHttpAction(request: Request): Promise<unknown>;
}

/** Loaded code: what one push made callable. */
export interface Deployment {
  readonly bundle: FunctionsBundle;
  readonly functions: ReadonlyMap<string, RegisteredFunction>;
  readonly router: Router | null;
  readonly authProviders: AuthProvider[];
  /** What `schema.export()` of the schema module gives; `null` without a schema. */
  readonly schema: JSONValue;
  readonly crons: readonly CronSpec[];
}

/** Files of a functions folder whose default export is not a function. */
const SPECIAL_ENTRIES = new Set(['schema', 'auth.config', 'convex.config']);

export const EMPTY_DEPLOYMENT: Deployment = {
  bundle: { entries: [], modules: [], inputs: [] },
  functions: new Map(),
  router: null,
  authProviders: [],
  schema: null,
  crons: [],
};

/** Evaluates a bundle. Code `PushFailed`, with file and line if the user's code threw. */
export async function loadDeployment(
  bundle: FunctionsBundle,
  options: ModuleRealmOptions,
): Promise<Deployment> {
  try {
    const namespaces = await new ModuleRealm(options).load(bundle);
    return toDeployment(namespaces, bundle);
  } catch (error) {
    throw pushFailure(error, bundle);
  }
}

/** What modules export, by their names without extension. */
export function toDeployment(
  namespaces: ReadonlyMap<string, ModuleNamespace>,
  bundle: FunctionsBundle = EMPTY_DEPLOYMENT.bundle,
): Deployment {
  const functions = new Map<string, RegisteredFunction>();
  for (const [entry, namespace] of namespaces) {
    if (SPECIAL_ENTRIES.has(entry)) continue;
    for (const each of registeredFunctions(entry, namespace)) functions.set(each.path, each);
  }
  const crons = namespaces.get('crons');
  const authConfig = namespaces.get('auth.config');
  const schema = namespaces.get('schema')?.['default'];
  return {
    bundle,
    functions,
    router: toRouter(namespaces.get('http')),
    authProviders: authConfig === undefined ? [] : parseAuthProviders(authConfig['default']),
    schema: hasExport(schema) ? JSON.parse(schema.export()) : refuseOtherSchema(schema),
    crons: crons === undefined ? [] : parseCrons(crons['default'], functions),
  };
}

function toRouter(namespace: ModuleNamespace | undefined): Router | null {
  if (namespace === undefined) return null;
  const router = namespace['default'];
  if (isRouter(router)) return router;
  throw new BackendError(
    400,
    'InvalidHttpRouter',
    'http: the default export must be a router made by httpRouter().',
  );
}

function isRouter(value: unknown): value is Router {
  return typeof value === 'object' && value !== null && 'isRouter' in value && 'lookup' in value;
}

function hasExport(value: unknown): value is { export(): string } {
  return typeof value === 'object' && value !== null && 'export' in value;
}

function refuseOtherSchema(schema: unknown): null {
  if (schema === undefined) return null;
  throw new BackendError(
    400,
    'InvalidSchema',
    'schema: the default export must be a schema made by defineSchema().',
  );
}

function pushFailure(error: unknown, bundle: FunctionsBundle): BackendError {
  const location = locateError(error, bundle);
  if (error instanceof BackendError && location === null) return error;
  const where = location === null ? '' : `${location.file}:${location.line}:${location.column}: `;
  const message =
    typeof error === 'object' && error !== null && 'message' in error
      ? String(error.message)
      : String(error);
  const code = error instanceof BackendError ? error.code : 'PushFailed';
  return new BackendError(400, code, `${where}${message}`, { cause: error });
}
