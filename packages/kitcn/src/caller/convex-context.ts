import type { ActingIdentity } from './admin-key.ts';
import type { ServerCaller } from './server-caller.ts';
import type { Snapshot } from './snapshot.ts';

/** What one request holds: its caller, and who it is. */
export interface ConvexContext<TApi> {
  /** The token that the next call will send; changes when a stale one was refreshed. */
  token: string | undefined;
  /** Whether there is a token. Whether it is valid, only the deployment knows. */
  isAuthenticated: boolean;
  caller: ServerCaller<TApi>;
  /** Many queries in one request, at one database timestamp: `ctx.snapshot((c) => [c.a.x({}), c.b.y({})])`. */
  snapshot: Snapshot<TApi>;
}

/** The context of a factory with an `adminKey`: it calls internal procedures too, as nobody unless told. */
export interface AdminContext<TApi> extends ConvexContext<TApi> {
  /** The same context acting as a user, whom functions see as if that user had signed in. */
  as(identity: ActingIdentity): ConvexContext<TApi>;
}

/** What `createContext` takes. */
export interface CreateContextOptions {
  /**
   * Handed to `getToken`. Contexts made from the same object share one token; `request.headers` is the same object for
   * as long as the request lives.
   */
  headers: Headers;
  /** Aborts every call of the context, typically `request.signal`. */
  signal?: AbortSignal | undefined;
}
