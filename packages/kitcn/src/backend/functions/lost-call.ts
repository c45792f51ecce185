import { BackendError } from '../backend-error.ts';
import { createRequestId, toErrorResult } from './function-failure.ts';
import type { FunctionFailure } from './function-failure.ts';
import type { FunctionCall, FunctionResult } from './function-host.ts';
import { failureResponse } from './http-action.ts';
import type { WorkerRequest, WorkerResult } from './worker-protocol.ts';

/** The answer to a request that failed with its thread. Throws `BackendError` for a push. */
export function answerLostCall(request: WorkerRequest, failure: FunctionFailure): WorkerResult {
  switch (request.type) {
    case 'run':
      return answerCall(request.call, failure);
    case 'batch':
      return request.calls.map((call) => answerCall(call, failure));
    case 'http':
      return failureResponse(createRequestId(), failure);
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

function answerCall(
  { requestId = createRequestId() }: FunctionCall,
  failure: FunctionFailure,
): FunctionResult {
  return toErrorResult(failure, requestId, []);
}
