import { ConvexError, jsonToConvex } from 'convex/values';
import type { JSONValue } from 'convex/values';
import { tryArgumentError } from '../errors/argument-error.ts';
import { CRPCError } from '../errors/crpc-error.ts';
import { tryCursorError } from '../errors/cursor-error.ts';
import { tryFromErrorPayload } from '../wire/error-payload.ts';
import { readJson } from '../wire/read-json.ts';
import type { ValueTextCodec } from '../wire/text-codec.ts';

export interface FunctionFailure {
  functionName: string;
  errorMessage: string;
  errorData?: JSONValue;
}

/** What a deployment said of a failure, in its own words; only ever a cause. */
class DeploymentError extends Error {
  override readonly name = 'DeploymentError';
}

/** The first line of an error's text; a deployment in production mode sends nothing else. */
const FIRST_LINE = /^\[Request ID: (\w+)\] Server Error\n?/;

/** How a deployment says that it knows no such function. */
const NO_FUNCTION = 'Could not find public function for';

/** The error that a caller rejects with for a function that failed; `output` is the codec of results. */
export function toFunctionError(failure: FunctionFailure, output: ValueTextCodec): CRPCError {
  const { functionName, errorMessage, errorData } = failure;
  if (errorData !== undefined) {
    const decode = (json: unknown): unknown => readJson(output, json);
    const known = tryFromErrorPayload(errorData, { decode });
    if (known !== undefined) return known;
    const thrown = toConvexError(failure, errorData);
    return tryCursorError(errorData, functionName, thrown) ?? internalError(failure, thrown);
  }
  const text = errorMessage.replace(FIRST_LINE, '');
  const cause = new DeploymentError(errorMessage);
  const argumentError = tryArgumentError(text, functionName, cause);
  if (argumentError !== undefined) return argumentError;
  if (!text.startsWith(NO_FUNCTION)) return internalError(failure, cause);
  return new CRPCError({
    code: 'NOT_FOUND',
    message: `The deployment has no public function ${functionName}. It may be internal, or not pushed yet.`,
    origin: 'platform',
    cause,
  });
}

function toConvexError({ errorMessage }: FunctionFailure, errorData: JSONValue): Error {
  return Object.assign(new ConvexError(jsonToConvex(errorData)), { message: errorMessage });
}

/** Whatever else a function threw is not for this side's users: they learn where to look. */
function internalError({ functionName, errorMessage }: FunctionFailure, cause: unknown): CRPCError {
  const requestId = FIRST_LINE.exec(errorMessage)?.[1];
  const where = requestId === undefined ? '' : ` (request ${requestId})`;
  return new CRPCError({
    code: 'INTERNAL_SERVER_ERROR',
    message: `${functionName} failed${where}`,
    cause,
  });
}
