/** The embedded Convex-compatible backend: start it from a script, a test or a server. Node 22.13 or later. */
export { startBackend } from '../backend/server.ts';
export type { Backend, BackendOptions, PushOptions } from '../backend/server.ts';
export { BackendError } from '../backend/backend-error.ts';
export type { AuthProvider, PushResult } from '../backend/functions/function-host.ts';
export { ProjectError } from '../project/project-error.ts';
export type { ProjectErrorCode, SourcePosition } from '../project/project-error.ts';
