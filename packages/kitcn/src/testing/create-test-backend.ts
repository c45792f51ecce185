import type { AnyDataModel, GenericDataModel, GenericMutationCtx } from 'convex/server';
import type { UserIdentity } from '../backend/functions/function-host.ts';
import { createCallerFactory } from '../caller/create-caller-factory.ts';
import type { ServerCaller } from '../caller/server-caller.ts';
import type { TransformerOption } from '../wire/transformer.ts';
import { advance } from './advance.ts';
import type { Advance } from './advance.ts';
import { loadProjectModules } from './project-modules.ts';
import { ResettableHost } from './resettable-host.ts';
import { toTestIdentity } from './test-identity.ts';
import type { TestIdentity } from './test-identity.ts';
import { TestError } from './test-error.ts';
import { TEST_ORIGIN } from './test-host.ts';
import { loadTestModules } from './test-modules.ts';
import type { TestModules } from './test-modules.ts';
import type { TestSnapshot } from './test-snapshot.ts';

export interface TestBackendOptions<Api, Internal> {
  /** The modules of the functions folder: `import.meta.glob` of it. They run as the test sees them. */
  modules?: TestModules | undefined;
  /** Where the project is, to bundle its functions instead. Default: the working directory. */
  projectDir?: string | undefined;
  /** The generated trees, from `@convex/api`, for `caller` and `internal`. */
  api?: Api | undefined;
  internal?: Internal | undefined;
  /** Who calls, unless `asUser` says otherwise. Default: nobody. */
  identity?: TestIdentity | undefined;
  /** The time at which the clock stands; milliseconds since the epoch. Default: the present. */
  now?: number | Date | undefined;
  /** What the randomness of functions follows from. Default: random. */
  seed?: string | number | undefined;
  /** The one that `initCRPC.create` was given. */
  transformer?: TransformerOption | undefined;
  /** Gets what the backend logs, such as why a scheduled function failed. Default: standard error. */
  log?: ((line: string) => void) | undefined;
}

/** Typed callers, as somebody or as nobody. */
export interface TestUser<Api, Internal> {
  /** Public procedures. */
  caller: ServerCaller<Api>;
  /** Internal procedures. */
  internal: ServerCaller<Internal>;
  /** Calls an HTTP action by its path with query string. */
  fetch(path: string, init?: RequestInit): Promise<Response>;
}

export interface TestBackend<Api, Internal, DataModel extends GenericDataModel = AnyDataModel>
  extends TestUser<Api, Internal>, AsyncDisposable {
  asUser(identity: TestIdentity): TestUser<Api, Internal>;
  /** Runs a function of the test in one transaction, to write and read documents; what it answers may be anything. */
  run<Result>(work: (ctx: GenericMutationCtx<DataModel>) => Promise<Result>): Promise<Result>;
  readonly clock: {
    now(): number;
    /** Moves the clock on, and runs what becomes due on the way, each at its own time. */
    advance(milliseconds: number): Promise<Advance>;
  };
  snapshot(): Promise<TestSnapshot>;
  /** Goes back to a snapshot, by default to the empty backend of the beginning. */
  reset(snapshot?: TestSnapshot): Promise<void>;
}

/**
 * A backend in memory for one test, with Convex's limits on, a clock that the test moves, and typed callers. Functions
 * run in the process of the test; their queries and mutations see the clock's time.
 */
export async function createTestBackend<
  Api extends object = object,
  Internal extends object = object,
  DataModel extends GenericDataModel = AnyDataModel,
>(options: TestBackendOptions<Api, Internal> = {}): Promise<TestBackend<Api, Internal, DataModel>> {
  const { modules, projectDir = process.cwd(), seed } = options;
  const now = Number(options.now ?? Date.now());
  if (!Number.isSafeInteger(now) || now < 0) {
    throw new TestError(
      'BAD_TIME',
      `now takes a Date or whole milliseconds since 1970, not ${now}.`,
    );
  }
  const loaded = await (modules === undefined
    ? loadProjectModules(projectDir)
    : loadTestModules(modules));
  const log = options.log ?? ((line: string) => void process.stderr.write(`${line}\n`));
  const host = await ResettableHost.start({ loaded, now, seed, log });
  const identity = options.identity === undefined ? null : toTestIdentity(options.identity);
  return {
    ...toUser(host, options, identity),
    asUser: (attributes) => toUser(host, options, toTestIdentity(attributes)),
    run: async (work) => host.test.runInline('mutation', work, { identity }),
    clock: {
      now: () => host.clock.now(),
      advance: async (milliseconds) =>
        advance({ host: host.test.host, clock: host.clock }, milliseconds),
    },
    snapshot: async () => host.snapshot(),
    reset: (snapshot) => host.reset(snapshot),
    [Symbol.asyncDispose]: () => host[Symbol.asyncDispose](),
  };
}

function toUser<Api extends object, Internal extends object>(
  host: ResettableHost,
  { api, internal, transformer }: TestBackendOptions<Api, Internal>,
  identity: UserIdentity | null,
): TestUser<Api, Internal> {
  const open = <Tree extends object>(tree: Tree, isAdmin: boolean): ServerCaller<Tree> => {
    const factory = createCallerFactory({
      convexSiteUrl: TEST_ORIGIN,
      api: tree,
      transformer,
      // Not by tokens or an admin key of the caller's: a route would see them.
      fetch: async (url: string, init: RequestInit) =>
        host.test.fetch(url, init, { identity, isAdmin }),
    });
    const context = factory.createContext({ headers: new Headers() });
    return factory.createCaller(() => context);
  };
  return {
    // Without a tree there is nothing that could be called, and its type says so.
    caller: open(api ?? ({} as Api), false),
    internal: open(internal ?? ({} as Internal), true),
    fetch: async (path, init) => host.test.fetch(path, init, { identity }),
  };
}
