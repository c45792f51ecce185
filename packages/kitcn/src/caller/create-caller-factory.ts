import type { ActingIdentity } from './admin-key.ts';
import { bindCaller } from './bound-caller.ts';
import type { Dispatch } from './bound-caller.ts';
import type { CallSession } from './call-session.ts';
import type { CreateCallerFactoryOptions } from './caller-options.ts';
import { createCallerTree } from './caller-tree.ts';
import type { CallerBranch } from './caller-tree.ts';
import { systemClock } from './clock.ts';
import { createNotingCaller } from './collect-queries.ts';
import type { AdminContext, ConvexContext, CreateContextOptions } from './convex-context.ts';
import { createSnapshot } from './create-snapshot.ts';
import { InFlight } from './in-flight.ts';
import { createLazyCaller } from './lazy-caller.ts';
import type { LazyCaller } from './lazy-caller.ts';
import { createSessionOpener } from './open-session.ts';
import { runCall } from './run-call.ts';
import type { ServerCaller } from './server-caller.ts';
import type { Snapshot } from './snapshot.ts';
import { createWatch } from './watch-calls.ts';
import type { Watch } from './watch-calls.ts';

export interface CallerFactory<TApi> {
  /** Makes the context of one request: its token is fetched, its caller bound. */
  createContext(options: CreateContextOptions): Promise<ConvexContext<TApi>>;
  /** A caller that makes its context at each call. */
  createCaller(ctxFn: () => Promise<ConvexContext<TApi>>): LazyCaller<TApi>;
}

/** The factory of a trusted server; nothing of a request's headers is looked at. */
export interface AdminCallerFactory<TApi> extends CallerFactory<TApi> {
  createContext(options?: Partial<CreateContextOptions>): Promise<AdminContext<TApi>>;
}

/** Creates typed callers of a deployment's procedures, over HTTP, for servers of any kind. */
export function createCallerFactory<TApi extends object>(
  options: CreateCallerFactoryOptions<TApi> & { adminKey: string },
): AdminCallerFactory<TApi>;
export function createCallerFactory<TApi extends object>(
  options: CreateCallerFactoryOptions<TApi>,
): CallerFactory<TApi>;
export function createCallerFactory<TApi extends object>(
  options: CreateCallerFactoryOptions<TApi>,
): AdminCallerFactory<TApi> {
  const tree = createCallerTree(options.api);
  const openSession = createSessionOpener(options);
  const parts: ContextParts = {
    tree,
    notingCaller: createNotingCaller(tree),
    watch: createWatch({ ...options, clock: options.clock ?? systemClock }),
  };
  return {
    createContext: async ({ headers = new Headers(), signal } = {}) => {
      const session = await openSession({ headers, signal });
      return createRequestContext<TApi>(parts, session);
    },
    createCaller: (ctxFn) => createLazyCaller(tree, ctxFn),
  };
}

/** What the contexts of one factory are made of. */
interface ContextParts {
  readonly tree: CallerBranch;
  readonly notingCaller: object;
  readonly watch: Watch | undefined;
}

function createRequestContext<TApi>(parts: ContextParts, session: CallSession): AdminContext<TApi> {
  const context = createContext<TApi>(parts, session);
  const { admin } = session;
  // Without a key there is no acting as somebody, and the type of the factory says so.
  if (admin === undefined) return context as AdminContext<TApi>;
  const as = (identity: ActingIdentity): ConvexContext<TApi> => {
    const authorization = admin.authorizationAs(identity);
    const authorize = (): string => authorization;
    return createContext(parts, {
      ...session,
      authorize,
      isActing: true,
      inFlight: new InFlight(),
    });
  };
  return Object.assign(context, { as });
}

function createContext<TApi>(parts: ContextParts, session: CallSession): ConvexContext<TApi> {
  const { tokens } = session;
  const caller = bindCaller(parts.tree, createDispatch(parts.watch, session));
  let snapshot: Snapshot<TApi> | undefined;
  return {
    get token() {
      return tokens.token;
    },
    get isAuthenticated() {
      return tokens.token !== undefined || session.isActing;
    },
    caller: caller as ServerCaller<TApi>, // The tree was read from an api of type TApi.
    get snapshot() {
      return (snapshot ??= createSnapshot<TApi>(session, parts.notingCaller, parts.watch));
    },
  };
}

function createDispatch(watch: Watch | undefined, session: CallSession): Dispatch {
  if (watch === undefined) {
    return (leaf, input, options) => runCall(session, { leaf, input, options });
  }
  return (leaf, input, options) =>
    watch({ path: leaf.path.join('.'), kind: leaf.type, input }, (trace) =>
      runCall(session, { leaf, input, options }, trace),
    );
}
