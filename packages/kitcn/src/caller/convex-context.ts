import type { ServerCaller } from './server-caller.ts';

/** What one request holds: its caller, and who it is. */
export interface ConvexContext<TApi> {
  /** The token that the next call will send; changes when a stale one was refreshed. */
  token: string | undefined;
  /** Whether there is a token. Whether it is valid, only the deployment knows. */
  isAuthenticated: boolean;
  caller: ServerCaller<TApi>;
}

/** What `createContext` takes. */
export interface CreateContextOptions {
  /** Handed to `getToken`. Contexts made from the same object share one token. */
  headers: Headers;
  /** Aborts every call of the context, typically `request.signal`. */
  signal?: AbortSignal | undefined;
}
