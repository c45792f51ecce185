import { ConvexError, jsonToConvex } from 'convex/values';
import type { JSONValue } from 'convex/values';
import type { CRPCErrorCode } from '../errors/codes.ts';
import { CRPCError } from '../errors/crpc-error.ts';
import type { ValueCodec } from '../wire/codec.ts';
import { tryFromErrorPayload } from '../wire/error-payload.ts';

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

/** Texts by which a deployment says that it would not run a function. Text that a function threw starts `Uncaught`. */
const REFUSALS: readonly {
  prefix: string;
  code: CRPCErrorCode;
  explain: (functionName: string, text: string) => string;
}[] = [
  {
    prefix: 'ArgumentValidationError:',
    code: 'BAD_REQUEST',
    explain: (name, text) =>
      `The deployment refused the arguments of ${name}: ${argumentProblem(text)}`,
  },
  {
    prefix: 'Could not find public function for',
    code: 'NOT_FOUND',
    explain: (name) =>
      `The deployment has no public function ${name}. It may be internal, or not pushed yet.`,
  },
];

/** The error that a caller rejects with for a function that failed; `output` is the codec of results. */
export function toFunctionError(failure: FunctionFailure, output: ValueCodec): CRPCError {
  const { functionName, errorMessage, errorData } = failure;
  if (errorData !== undefined) {
    const data = jsonToConvex(errorData);
    return (
      tryFromErrorPayload(data, output) ??
      internalError(failure, Object.assign(new ConvexError(data), { message: errorMessage }))
    );
  }
  const text = errorMessage.replace(FIRST_LINE, '');
  const cause = new DeploymentError(errorMessage);
  const refusal = REFUSALS.find(({ prefix }) => text.startsWith(prefix));
  if (refusal === undefined) return internalError(failure, cause);
  const message = refusal.explain(functionName, text);
  return new CRPCError({ code: refusal.code, message, origin: 'platform', cause });
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

/** What is wrong and where, without the value: `ArgumentValidationError: <what>`, then lines such as `Path: .name`. */
function argumentProblem(text: string): string {
  const [what = ''] = text
    .slice(text.indexOf(':') + 1)
    .trim()
    .split('\n', 1);
  const path = /^Path: \.?(.+)$/m.exec(text)?.[1];
  return path === undefined ? what : `${what} Path: ${path}`;
}
