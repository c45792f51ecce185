import type { CreateTextCodec } from '../wire/text-codec.ts';
import type { ActingIdentity } from './admin-key.ts';
import { bindCaller } from './bound-caller.ts';
import type { Dispatch } from './bound-caller.ts';
import type { CallSession } from './call-session.ts';
import type { CreateCallerFactoryOptions } from './caller-options.ts';
import { createCallerTree } from './caller-tree.ts';
import type { CallerBranch } from './caller-tree.ts';
import type { AdminContext, ConvexContext, CreateContextOptions } from './convex-context.ts';
import { createSnapshot } from './create-snapshot.ts';
import { InFlight } from './in-flight.ts';
import { createLazyCaller } from './lazy-caller.ts';
import type { LazyCaller } from './lazy-caller.ts';
import { createSessionOpener } from './open-session.ts';
import { runCall } from './run-call.ts';
import type { ServerCaller } from './server-caller.ts';
import type { Snapshot } from './snapshot.ts';

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
export interface CreateCallerFactory {
  <TApi extends object>(
    options: CreateCallerFactoryOptions<TApi> & { adminKey: string },
  ): AdminCallerFactory<TApi>;
  <TApi extends object>(options: CreateCallerFactoryOptions<TApi>): CallerFactory<TApi>;
}

/** The factory, however what it needs on demand is loaded, and with whichever codec of the two. */
export function makeCallerFactory<TApi extends object>(
  options: CreateCallerFactoryOptions<TApi>,
  createCodec: CreateTextCodec,
): AdminCallerFactory<TApi> {
  const tree = createCallerTree(options.api);
  const openSession = createSessionOpener(options, createCodec);
  return {
    createContext: async ({ headers = new Headers(), signal } = {}) => {
      const session = await openSession({ headers, signal });
      return createRequestContext<TApi>(tree, session);
    },
    createCaller: (ctxFn) => createLazyCaller(tree, ctxFn),
  };
}

function createRequestContext<TApi>(tree: CallerBranch, session: CallSession): AdminContext<TApi> {
  const context = createContext<TApi>(tree, session);
  const { admin } = session;
  // Without a key there is no acting as somebody, and the type of the factory says so.
  if (admin === undefined) return context as AdminContext<TApi>;
  const as = (identity: ActingIdentity): ConvexContext<TApi> => {
    const authorization = admin.authorizationAs(identity);
    const authorize = (): string => authorization;
    return createContext(tree, {
      ...session,
      authorize,
      isActing: true,
      inFlight: new InFlight(),
    });
  };
  return Object.assign(context, { as });
}

function createContext<TApi>(tree: CallerBranch, session: CallSession): ConvexContext<TApi> {
  const { tokens } = session;
  const caller = bindCaller(tree, createDispatch(session));
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
      return (snapshot ??= createSnapshot<TApi>(tree, session));
    },
  };
}

function createDispatch(session: CallSession): Dispatch {
  const { watch } = session;
  if (watch === undefined) {
    return (leaf, input, options) => runCall(session, { leaf, input, options });
  }
  return (leaf, input, options) =>
    watch({ path: leaf.path.join('.'), kind: leaf.type, input }, (trace) =>
      runCall(session, { leaf, input, options }, trace),
    );
}
