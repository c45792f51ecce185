import { toText } from './output-file.ts';

/** `generated/server.ts`: `initCRPC` and the context types with the project's data model filled in. */
export function emitServer(): string {
  return toText([
    `import type { GenericActionCtx, GenericMutationCtx, GenericQueryCtx } from 'convex/server';
import { initCRPC as init } from 'kitcn/server';
import type { DataModel } from '../_generated/dataModel.js';`,
    `/** What queries get as \`ctx\`. */
export type QueryCtx = GenericQueryCtx<DataModel>;
/** What mutations get as \`ctx\`. */
export type MutationCtx = GenericMutationCtx<DataModel>;
/** What actions and HTTP routes get as \`ctx\`. */
export type ActionCtx = GenericActionCtx<DataModel>;`,
    `/** Where procedures begin: \`initCRPC.create()\`. */
export const initCRPC = init.dataModel<DataModel>();`,
  ]);
}
