import { BackendError } from '../backend-error.ts';
import { createRequestId, toErrorResult } from './function-failure.ts';
import type { FunctionFailure } from './function-failure.ts';
import { failureResponse } from './http-action.ts';
import type { WorkerRequest, WorkerResult } from './worker-protocol.ts';

/** The answer to a request that failed with its thread. Throws `BackendError` for a push. */
export function answerLostCall(request: WorkerRequest, failure: FunctionFailure): WorkerResult {
  const requestId = createRequestId();
  switch (request.type) {
    case 'run':
      return toErrorResult(failure, requestId, []);
    case 'batch':
      return request.calls.map(() => toErrorResult(failure, requestId, []));
    case 'http':
      return failureResponse(requestId, failure);
    case 'push':
    case 'setEnv':
    case 'changeVariables':
      throw new BackendError(400, 'PushFailed', `Loading the modules failed: ${failure.message}`);
    case 'timestamp':
    case 'advance':
      throw new BackendError(503, 'BackendUnavailable', 'The function thread was lost.');
    case 'closeSet':
    case 'close':
      return null;
  }
}
