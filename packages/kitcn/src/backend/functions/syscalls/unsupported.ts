import { BackendError } from '../../backend-error.ts';

const FILE_STORAGE = 'file storage';
const AI_GATEWAY = 'the AI gateway';

/** What `convex/server` can ask for and the embedded backend cannot do yet, by operation. */
export const UNSUPPORTED_OPERATIONS: Readonly<Record<string, string>> = {
  '1.0/actions/vectorSearch': 'vector search',
  '1.0/storageGenerateUploadUrl': FILE_STORAGE,
  '1.0/storageGetUrl': FILE_STORAGE,
  '1.0/storageGetMetadata': FILE_STORAGE,
  '1.0/storageDelete': FILE_STORAGE,
  '1.0/storageStore': FILE_STORAGE,
  '1.0/storageGet': FILE_STORAGE,
  'storage/storeBlob': FILE_STORAGE,
  'storage/getBlob': FILE_STORAGE,
  '1.0/auditLog': 'the audit log',
  '1.0/signJwt': 'signing JWTs',
  '1.0/createServiceToken': AI_GATEWAY,
  '1.0/getServiceUrl': AI_GATEWAY,
  '1.0/componentArgument': 'components',
  requestFromConvexJson: 'running a router from inside a function',
  convexJsonFromResponse: 'running a router from inside a function',
};

/** The error for an operation that is not there. Clients of `convex/server` look for the words "Unknown … operation". */
export function noSuchOperation(operation: string, words: string): BackendError {
  const feature = Object.hasOwn(UNSUPPORTED_OPERATIONS, operation)
    ? UNSUPPORTED_OPERATIONS[operation]
    : undefined;
  return feature === undefined
    ? new BackendError(400, 'UnknownOperation', `${words} ${operation}`)
    : new BackendError(
        400,
        'NotSupported',
        `The embedded backend does not support ${feature} yet (${operation}).`,
      );
}
