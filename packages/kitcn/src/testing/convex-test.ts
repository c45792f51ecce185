import { getFunctionName } from 'convex/server';
import type {
  DataModelFromSchemaDefinition,
  FunctionReference,
  FunctionReturnType,
  GenericActionCtx,
  GenericDataModel,
  GenericMutationCtx,
  GenericQueryCtx,
  GenericSchema,
  OptionalRestArgs,
  SchemaDefinition,
} from 'convex/server';
import type { Value } from 'convex/values';
import { createAdminKey } from '../backend/auth/admin-key.ts';
import { systemClock } from '../backend/system-clock.ts';
import { NO_LIMITS } from '../backend/transaction/transaction-usage.ts';
import type { TransactionLimits } from '../backend/transaction/transaction-usage.ts';
import type { RegisteredFunction } from '../backend/functions/registered-function.ts';
import { drainJobs } from './drain-jobs.ts';
import { loadProjectModules } from './project-modules.ts';
import { TestError } from './test-error.ts';
import { TestHost } from './test-host.ts';
import type { TestSender } from './test-host.ts';
import { toTestIdentity } from './test-identity.ts';
import type { TestIdentity } from './test-identity.ts';
import { loadTestModules } from './test-modules.ts';
import type { TestModules } from './test-modules.ts';

/** A deployed function of one kind, or a function of the test that gets the context of that kind. */
type Callable<Kind extends 'query' | 'mutation' | 'action', Ctx> =
  // `any` as in Convex's own types: the arguments are checked by `OptionalRestArgs`.
  // oxlint-disable-next-line typescript/no-explicit-any
  FunctionReference<Kind, any> | ((ctx: Ctx) => Promise<unknown>);

type ArgsOf<Called> =
  // oxlint-disable-next-line typescript/no-explicit-any
  Called extends FunctionReference<any, any> ? OptionalRestArgs<Called> : [];

type ResultOf<Called> =
  // oxlint-disable-next-line typescript/no-explicit-any
  Called extends FunctionReference<any, any>
    ? FunctionReturnType<Called>
    : Called extends (ctx: never) => Promise<infer Result>
      ? Result
      : never;

/** Calls a public or internal function, or runs one of the test's own. */
type Call<Kind extends 'query' | 'mutation' | 'action', Ctx> = <Called extends Callable<Kind, Ctx>>(
  called: Called,
  ...args: ArgsOf<Called>
) => Promise<ResultOf<Called>>;

/** A backend of one test, as somebody or as nobody. */
export interface TestConvexForDataModel<DataModel extends GenericDataModel> {
  query: Call<'query', GenericQueryCtx<DataModel>>;
  mutation: Call<'mutation', GenericMutationCtx<DataModel>>;
  action: Call<'action', GenericActionCtx<DataModel>>;
  /** Runs a function of the test in one transaction; what it answers may be anything. */
  run: <Result>(work: (ctx: GenericMutationCtx<DataModel>) => Promise<Result>) => Promise<Result>;
  /** Calls an HTTP action by its path with query string. */
  fetch: (path: string, init?: RequestInit) => Promise<Response>;
  /** Resolves when the jobs that run have ended. */
  finishInProgressScheduledFunctions: () => Promise<void>;
  /**
   * Runs scheduled functions, those that they schedule too, until none is left that can be reached by time. Rejects if
   * some are left after `maxIterations` rounds, 100 by default.
   *
   * @param advanceTimers moves fake timers on, as `vi.runAllTimers` does.
   */
  finishAllScheduledFunctions: (advanceTimers: () => void, maxIterations?: number) => Promise<void>;
  /** The same backend as a user. Attributes that are left out are filled in. */
  withIdentity: (identity: TestIdentity) => TestConvexForDataModel<DataModel>;
  /** The same backend, called from there, as `ctx.meta.getRequestMetadata()` tells. */
  withRequestMetadata: (metadata: TestRequestMetadata) => TestConvexForDataModel<DataModel>;
}

/** A backend of one test as nobody. */
export interface TestConvexRoot<
  DataModel extends GenericDataModel,
> extends TestConvexForDataModel<DataModel> {
  /** Throws: there are no components yet. */
  registerComponent: (
    componentPath: string,
    schema: SchemaDefinition<GenericSchema, boolean>,
    modules: TestModules,
  ) => void;
}

/** Where a call comes from; what is left out is not known. */
export interface TestRequestMetadata {
  ip?: string | null;
  userAgent?: string | null;
}

/** What `convexTest` gives. */
export type TestConvex<Schema extends SchemaDefinition<GenericSchema, boolean>> = TestConvexRoot<
  DataModelFromSchemaDefinition<Schema>
>;

export interface ConvexTestOptions<Schema extends GenericSchema> {
  /** Default: documents are not checked. */
  schema?: SchemaDefinition<Schema, boolean> | undefined;
  /** Default: the project in the working directory is bundled. */
  modules?: TestModules | undefined;
  /** What one transaction may do. Default, and `true`: as much as on Convex. `false`: whatever it does. */
  transactionLimits?: TransactionLimits | boolean | undefined;
}

/**
 * A backend in memory for one test, with the API of the package `convex-test`. Functions run among the code of the
 * test, so closures and fake timers work.
 */
export function convexTest<Schema extends GenericSchema>(
  schemaOrOptions?: SchemaDefinition<Schema, boolean> | ConvexTestOptions<Schema>,
  modules?: TestModules,
): TestConvex<SchemaDefinition<Schema, boolean>> {
  const options = isSchema(schemaOrOptions)
    ? { schema: schemaOrOptions, modules }
    : { modules, ...schemaOrOptions };
  let started: Promise<TestHost> | undefined;
  return accessor(() => (started ??= start(options)), { identity: null });
}

function isSchema(value: object | undefined): value is SchemaDefinition<GenericSchema, boolean> {
  return value !== undefined && 'tables' in value;
}

async function start(options: ConvexTestOptions<GenericSchema>): Promise<TestHost> {
  const { schema, modules, transactionLimits } = options;
  const { namespaces, failures } = await (modules === undefined
    ? loadProjectModules(process.cwd())
    : loadTestModules(modules));
  const host = {
    adminKey: createAdminKey(),
    databaseFile: ':memory:',
    clock: systemClock,
    isDeterministic: false,
    hasCrons: false,
    limits: toLimits(transactionLimits),
    log: (line: string) => void process.stderr.write(`${line}\n`),
  };
  const withSchema = new Map(namespaces);
  withSchema.delete('schema');
  if (schema !== undefined) withSchema.set('schema', { default: schema });
  return TestHost.start(host, { namespaces: withSchema, failures });
}

function toLimits(limits: TransactionLimits | boolean = true): TransactionLimits {
  if (typeof limits !== 'boolean') return limits;
  return limits ? {} : NO_LIMITS;
}

function accessor<DataModel extends GenericDataModel>(
  started: () => Promise<TestHost>,
  sender: TestSender,
): TestConvexRoot<DataModel> {
  const call =
    (kind: RegisteredFunction['kind']) =>
    async (called: unknown, args?: Record<string, Value>): Promise<unknown> => {
      const host = await started();
      if (typeof called !== 'function') {
        // Only references and functions are let through by the type.
        const path = getFunctionName(called as FunctionReference<'query'>);
        return host.call({ kind, path, args }, sender);
      }
      return host.runInline(kind, called as (ctx: never) => Promise<unknown>, sender);
    };
  const t = {
    query: call('query'),
    mutation: call('mutation'),
    action: call('action'),
    run: call('mutation'),
    fetch: async (path: string, init?: RequestInit) => (await started()).fetch(path, init, sender),
    finishInProgressScheduledFunctions: async () => (await started()).host.settle(),
    finishAllScheduledFunctions: async (advanceTimers: () => void, maxIterations = 100) =>
      drainJobs((await started()).host, advanceTimers, maxIterations),
    withIdentity: (attributes: TestIdentity) =>
      accessor<DataModel>(started, { ...sender, identity: toTestIdentity(attributes) }),
    withRequestMetadata: ({ ip = null, userAgent = null }: TestRequestMetadata) =>
      accessor<DataModel>(started, { ...sender, client: { ip, userAgent, authToken: null } }),
    registerComponent,
  };
  return t as TestConvexRoot<DataModel>;
}

/** The package `convex-test` has it. */
function registerComponent(): never {
  throw new TestError('NOT_SUPPORTED', 'The test backend does not support components yet.');
}
