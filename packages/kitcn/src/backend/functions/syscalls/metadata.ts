import { BackendError } from '../../backend-error.ts';
import { encodeInt64 } from '../../values/value-kind.ts';
import { noSuchOperation } from './unsupported.ts';
import { readTransaction, syscall } from './syscall.ts';
import type { AsyncSyscalls, SyncSyscalls } from './syscall.ts';

export const syncMetadata: SyncSyscalls = {
  '1.0/getSnapshotTs': syscall((execution) => {
    const { timestamp } = readTransaction(execution);
    if (execution.state !== null) execution.state.observed.clock = true;
    return encodeInt64(timestamp);
  }),
};

const NOTHING = { used: 0, remaining: 0 };

/** What `convex/server` counts besides, and the embedded backend does not have. */
const NO_FILES = {
  filesRead: NOTHING,
  fileReadBytes: NOTHING,
  filesWritten: NOTHING,
  fileWriteBytes: NOTHING,
};

export const asyncMetadata: AsyncSyscalls = {
  '1.0/getFunctionMetadata': syscall(({ path }) => ({ name: path, componentPath: '' })),

  '1.0/getTransactionMetrics': syscall(({ state }) => {
    if (state === null) {
      throw noSuchOperation('1.0/getTransactionMetrics', 'Unknown async operation');
    }
    return { ...state.transaction.usage.metrics(), ...NO_FILES };
  }),

  '1.0/getDeploymentMetadata': syscall(() => ({
    name: 'embedded',
    region: null,
    class: 'embedded',
  })),

  '1.0/getRequestMetadata': syscall(({ kind, request }) => {
    if (kind === 'query') {
      throw new BackendError(
        400,
        'NotInQueries',
        'Metadata of the request is not available in queries.',
      );
    }
    return {
      ip: request.client?.ip ?? null,
      userAgent: request.client?.userAgent ?? null,
      requestId: request.requestId,
      scheduledFunctionId: request.jobId,
      authToken: request.client?.authToken ?? null,
    };
  }),
};
