import type { JSONValue } from 'convex/values';
import type { FunctionsBundle } from '../../project/bundle.ts';
import type { FunctionKind } from '../../project/analyze.ts';

/** The caller of a function, as `ctx.auth.getUserIdentity()` shows it. `null`: nobody is signed in. */
export type UserIdentity = { tokenIdentifier: string; subject: string; issuer: string } & Record<
  string,
  JSONValue
>;

export interface FunctionCall {
  /** `any` runs whatever kind the function is (admin only). */
  kind: Exclude<FunctionKind, 'httpAction'> | 'any';
  /** `folder/module:export` */
  path: string;
  /** One Convex-encoded JSON object. */
  args: JSONValue;
  identity: UserIdentity | null;
  /** Internal functions are as absent for anyone but an admin. */
  isAdmin: boolean;
}

/** The answer of `/api/query` and its siblings, HTTP status 200 for both. Values are Convex-encoded JSON. */
export type FunctionResult =
  | { status: 'success'; value: JSONValue; logLines: string[] }
  | { status: 'error'; errorMessage: string; errorData?: JSONValue; logLines: string[] };

export interface HttpActionRequest {
  method: string;
  url: string;
  headers: [string, string][];
  body: Uint8Array<ArrayBuffer> | null;
  identity: UserIdentity | null;
  /** Why the Authorization header was refused; thrown only if the handler asks for the identity. */
  identityError: { status: number; code: string; message: string } | null;
}

export interface HttpActionResponse {
  status: number;
  headers: [string, string][];
  body: Uint8Array<ArrayBuffer> | null;
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
export interface FunctionHost {
  /** Replaces code and schema; on any error the old ones stay. */
  push(bundle: FunctionsBundle): Promise<PushResult>;
  run(call: FunctionCall): Promise<FunctionResult>;
  /** All queries at one timestamp, results in order. */
  runBatch(calls: readonly FunctionCall[]): Promise<FunctionResult[]>;
  /** `null`: no route matches. */
  runHttpAction(request: HttpActionRequest): Promise<HttpActionResponse | null>;
  close(): Promise<void>;
}

export interface FunctionHostOptions {
  /** Path of the SQLite file, or `:memory:`. */
  databaseFile: string;
  /** What `process.env` shows to functions, `CONVEX_CLOUD_URL` and `CONVEX_SITE_URL` included. */
  env: Readonly<Record<string, string>>;
  /** Wall time in milliseconds after which a query or mutation is stopped. Default 5,000. */
  transactionTimeoutMs?: number;
  /** The same for actions. Default 600,000. */
  actionTimeoutMs?: number;
  /** Where log lines of functions and of the host go. */
  log: (line: string) => void;
}
