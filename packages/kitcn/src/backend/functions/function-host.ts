import type { JSONValue } from 'convex/values';
import type { FunctionsBundle } from '../../project/bundle.ts';
import type { FunctionKind } from '../../project/analyze.ts';
import type { EnvironmentChange } from './environment-change.ts';
import type { HttpBody } from './http-body.ts';
import type { Durability } from '../storage/database.ts';
import type { SessionRequest } from '../storage/session-requests.ts';

/** The caller of a function, as `ctx.auth.getUserIdentity()` shows it. `null`: nobody is signed in. */
export type UserIdentity = { tokenIdentifier: string; subject: string; issuer: string } & Record<
  string,
  JSONValue
>;

/** Where a call comes from, as far as `ctx.meta.getRequestMetadata()` tells it. */
export interface Client {
  ip: string | null;
  userAgent: string | null;
  /** The JWT of the user; never an admin key. */
  authToken: string | null;
}

export interface FunctionCall {
  /** `any` runs whatever kind the function is. */
  kind: Exclude<FunctionKind, 'httpAction'> | 'any';
  /** `folder/module:export` */
  path: string;
  /** One Convex-encoded JSON object. */
  args: JSONValue;
  identity: UserIdentity | null;
  /** Internal functions are as absent for anyone but an admin. */
  isAdmin: boolean;
  /** Of a mutation that must be applied once however often it is sent. */
  session?: SessionRequest;
  client?: Client;
  /** What the sender calls it, 16 hex digits. Default: a new one. */
  requestId?: string | undefined;
}

/** The answer of `/api/query` and its siblings, HTTP status 200 for both. Values are Convex-encoded JSON. */
export type FunctionResult =
  | {
      status: 'success';
      value: JSONValue;
      logLines: string[];
      /** Of the commit of a mutation with a session; nanoseconds since the epoch. */
      timestamp?: bigint;
    }
  | { status: 'error'; errorMessage: string; errorData?: JSONValue; logLines: string[] };

/** A query that is watched. */
export interface LiveQuery {
  /** The watcher's own number for it. */
  id: number;
  /** `folder/module:export` */
  path: string;
  args: JSONValue;
  /** Of the last result that the watcher has of it. */
  journal: string | null;
}

export interface LiveQueryChange {
  identity: UserIdentity | null;
  isAdmin: boolean;
  add: readonly LiveQuery[];
  remove: readonly number[];
  /** What comes back is not older than this; nanoseconds since the epoch. */
  notBefore: bigint;
}

/** A result that differs from the last one of its query. */
export interface LiveResult {
  id: number;
  /** The result as members of a JSON object, without its braces: those of `QueryUpdated` or `QueryFailed`. */
  members: string;
}

export interface LiveSnapshot {
  /** All results of the set are those of this moment; nanoseconds since the epoch. */
  timestamp: bigint;
  changed: readonly LiveResult[];
}

/** A set of queries whose results are kept up to date for one watcher. */
export interface LiveQuerySet {
  /** Changes the set and brings it to the present. One at a time. */
  advance(change: LiveQueryChange): Promise<LiveSnapshot>;
  close(): void;
}

export interface LiveQueryEvents {
  /** Some result is no longer the present one; told once before each `advance`. */
  onStale(): void;
  /** The set is gone, with the thread that kept it. */
  onLost(): void;
}

export interface HttpActionRequest {
  method: string;
  url: string;
  headers: [string, string][];
  /** Dropped with GET and HEAD, whose requests have none. */
  body: HttpBody;
  identity: UserIdentity | null;
  client?: Client;
  /** Why the Authorization header was refused; thrown only if the handler asks for the identity. */
  identityError: { status: number; code: string; message: string } | null;
}

export interface HttpActionHead {
  status: number;
  headers: [string, string][];
}

export interface HttpActionResponse extends HttpActionHead {
  /** A stream that is cancelled ends the function. */
  body: HttpBody;
}

/** An entry of `auth.config.ts`, checked. */
export type AuthProvider =
  | { type: 'oidc'; domain: string; applicationID: string }
  | {
      type: 'customJwt';
      issuer: string;
      jwks: string;
      algorithm: 'RS256' | 'ES256';
      applicationID?: string;
    };

export interface PushResult {
  authProviders: AuthProvider[];
  /** Number of functions, for the terminal. */
  functionCount: number;
}

/**
 * Runs user functions over one database. Rejects only with `BackendError` (bad path, overload, closed);
 * what a function threw is a `FunctionResult`.
 */
export interface FunctionCaller {
  run(call: FunctionCall): Promise<FunctionResult>;
  /**
   * All queries at one timestamp, results in order. By default the present one; else one of the last 30 seconds, in
   * nanoseconds since the epoch. Codes `TimestampInFuture` and `OutOfRetention`.
   */
  runBatch(calls: readonly FunctionCall[], timestamp?: bigint): Promise<FunctionResult[]>;
  /** Of the last commit; nanoseconds since the epoch. */
  latestTimestamp(): Promise<bigint>;
  /** `null`: no route matches. */
  runHttpAction(request: HttpActionRequest): Promise<HttpActionResponse | null>;
  openLiveQueries(events: LiveQueryEvents): LiveQuerySet;
}

/** One that is given its code. */
export interface FunctionHost extends FunctionCaller {
  /** Replaces code and schema; on any error the old ones stay. */
  push(bundle: FunctionsBundle): Promise<PushResult>;
  /** Replaces what the option `env` said, and loads the code anew; on any error all stays as it was. */
  setEnv(env: Readonly<Record<string, string>>): Promise<PushResult>;
  /** Changes the variables that the deployment keeps, which win over `env`; on any error all stays as it was. */
  changeVariables(changes: readonly EnvironmentChange[]): Promise<PushResult>;
  close(): Promise<void>;
}

export interface FunctionHostOptions {
  /** Path of the SQLite file, or `:memory:`. */
  databaseFile: string;
  /** Default `full`; `:memory:` is always `relaxed`. */
  durability?: Durability;
  /** What `process.env` shows to functions, `CONVEX_CLOUD_URL` and `CONVEX_SITE_URL` included. */
  env: Readonly<Record<string, string>>;
  /** Wall time in milliseconds after which a query or mutation is stopped. Default 5,000. */
  transactionTimeoutMs?: number;
  /** The same for actions. Default 600,000. */
  actionTimeoutMs?: number;
  /** What the heap of the function thread may hold, in megabytes. Default 512. */
  memoryLimitMb?: number;
  /** Where log lines of functions and of the host go. */
  log: (line: string) => void;
}
